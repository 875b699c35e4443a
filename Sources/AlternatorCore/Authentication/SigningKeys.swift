/// The keys of one role, as they were given.
///
/// A class, so that what is derived from them is found again by identity. Nothing that prints or reflects shows them.
package final class SigningKeys: Sendable {
    let accessKey: String
    let secretKey: String
    let sessionToken: String?

    package init(_ accessKey: String, _ secretKey: String, _ sessionToken: String?) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    /// Whether they sign the same way.
    func isSame(as other: SigningKeys) -> Bool {
        self === other
            || accessKey == other.accessKey && secretKey == other.secretKey && sessionToken == other.sessionToken
    }

    /// Why nothing can be signed with them; `nil` if it can.
    var problem: String? {
        // The access key is a CQL role's name; the scope that follows it is cut at slashes, and commas end it.
        guard !accessKey.isEmpty, accessKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x2C })
        else { return "the access key is empty or has a blank, a slash or a comma" }
        guard !secretKey.isEmpty else { return "the secret key is empty" }
        if let sessionToken, sessionToken.isEmpty || !AlternatorConfig.isHeaderValue(sessionToken) {
            return "the session token is empty or has a character that no header may have"
        }
        // A canonical request has one blank for several, so a proxy would see another signature.
        if let sessionToken, sessionToken.utf8.contains(0x20) { return "the session token has a blank" }
        return nil
    }
}

extension SigningKeys: CustomStringConvertible, CustomReflectable {
    package var description: String { "SigningKeys" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
