import AlternatorTransport
import AlternatorWire
import Synchronization

/// Signs requests with one pair of keys; the key of the day is derived once.
final class RequestSigner: Sendable {
    private let accessKey: String
    private let secretKey: String
    private let sessionToken: String?
    private let region: String
    private let secondsSinceEpoch: @Sendable () -> Int64
    private let dayKey = Mutex<(date: String, key: [UInt8])?>(nil)

    /// `nil` if requests are not signed.
    init?(_ config: AlternatorConfig, secondsSinceEpoch: @escaping @Sendable () -> Int64) {
        guard case .credentials(let accessKey, let secretKey, let token) = config.authentication else { return nil }
        self.accessKey = accessKey
        self.secretKey = secretKey
        sessionToken = token
        region = config.region
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// The header lines that sign a request, each with its end.
    ///
    /// Signed are the content type, the host, the date and the target, as the AWS SDKs do.
    func lines(_ operation: OperationName, authority: String, body: [UInt8]) -> [UInt8] {
        let time = SigningTime(secondsSinceEpoch: secondsSinceEpoch())
        let text = SignatureText(time: time, region: region, service: "dynamodb")
        var headers = [
            (name: "content-type", value: "application/x-amz-json-1.0"), (name: "host", value: authority),
            (name: "x-amz-date", value: time.timestamp),
        ]
        var lines = "X-Amz-Date: \(time.timestamp)\r\n"
        if let sessionToken {
            headers.append((name: "x-amz-security-token", value: sessionToken))
            lines += "X-Amz-Security-Token: \(sessionToken)\r\n"
        }
        headers.append((name: "x-amz-target", value: operation.target))
        let canonical = SignatureText.canonicalRequest(
            method: "POST",
            headers: headers,
            bodyDigest: SignatureText.hexadecimal(Digest.sha256(body))
        )
        let signature = sign(text, canonical)
        lines += "Authorization: "
        lines += text.authorization(
            accessKey: accessKey,
            signedHeaders: SignatureText.signedHeaders(headers),
            signature: signature
        )
        return Array((lines + "\r\n").utf8)
    }

    private func sign(_ text: SignatureText, _ canonical: String) -> String {
        let digest = SignatureText.hexadecimal(Digest.sha256(Array(canonical.utf8)))
        let signed = Array(text.stringToSign(canonicalDigest: digest).utf8)
        return SignatureText.hexadecimal(Digest.hmacSHA256(signed, key: key(of: text)))
    }

    private func key(of text: SignatureText) -> [UInt8] {
        let date = text.time.date
        if let known = dayKey.withLock({ $0?.date == date ? $0?.key : nil }) { return known }
        let derived = Self.derive(secretKey, text.keyDerivation)
        dayKey.withLock { $0 = (date, derived) }
        return derived
    }

    /// The key that signs, from the secret key and the messages of the scope.
    static func derive(_ secretKey: String, _ messages: [String]) -> [UInt8] {
        messages.reduce(Array("AWS4\(secretKey)".utf8)) { key, message in
            Digest.hmacSHA256(Array(message.utf8), key: key)
        }
    }
}
