import AlternatorTransport
import AlternatorWire

/// Checks the signature of a request, AWS version 4, as a node does.
///
/// Region and service are taken as the credential gives them; only the headers named as signed count; a header that
/// is named but missing counts as empty. Source: alternator/server.cc and utils/aws_sigv4.cc.
struct SignatureCheck: Sendable {
    /// Who may sign, with which secret key.
    let roles: RoleBook

    init(roles: RoleBook) { self.roles = roles }

    /// Checks against secret keys by role.
    init(secrets: [String: String]) { roles = RoleBook(secrets: secrets) }

    private struct Authorization {
        var role = ""
        var date = ""
        var scope: [String] = []
        var signedHeaders: [String] = []
        var signature = ""
    }

    /// The role that signed, or whose name the client's certificate bears: then nothing need be signed.
    ///
    /// `now` is in seconds since 1970; fifteen minutes to either side are allowed.
    func role(of request: ServerRequest, now: Int64) throws(LocalError) -> String {
        // A certificate that stands for no role is refused, with a signature or without.
        if let name = request.clientName {
            guard roles.isKnown(name) else { throw .unrecognizedClient("User not found: \(name)") }
            return name
        }
        guard request.header("host") != nil else {
            throw .invalidSignature("Host header is mandatory for signature verification")
        }
        guard let header = request.header("authorization") else {
            throw .missingAuthenticationToken("Authorization header is mandatory for signature verification")
        }
        let given = try Self.parse(header)
        guard let secret = roles.secret(of: given.role) else {
            throw .unrecognizedClient("User not found: \(given.role)")
        }
        let timestamp = given.signedHeaders.contains("x-amz-date") ? request.header("x-amz-date") : nil
        guard let timestamp, !timestamp.isEmpty else {
            throw .invalidSignature(
                "invalid signature: X-Amz-Date header is mandatory for signature verification"
            )
        }
        try Self.checkTime(timestamp, date: given.date, now: now)
        guard Self.areEqual(signature(of: request, given, timestamp, secret), given.signature) else {
            throw .unrecognizedClient("wrong signature")
        }
        return given.role
    }

    private static func parse(_ header: String) throws(LocalError) -> Authorization {
        let algorithm = "AWS4-HMAC-SHA256 "
        guard header.hasPrefix(algorithm) else {
            throw .invalidSignature("Authorization header must use AWS4-HMAC-SHA256 algorithm: \(header)")
        }
        var result = Authorization()
        var credential = ""
        // A comma, a blank or both end an entry.
        for entry in header.dropFirst(algorithm.count).split(whereSeparator: { $0 == "," || $0 == " " }) {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "Credential": credential = String(parts[1])
            case "SignedHeaders": result.signedHeaders = parts[1].split(separator: ";").map(String.init).sorted()
            case "Signature": result.signature = String(parts[1])
            default: break
            }
        }
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 else {
            throw .validation("Incorrect credential information format: \(credential)")
        }
        result.role = parts[0]
        result.date = parts[1]
        result.scope = Array(parts[1...3]) + ["aws4_request"]
        return result
    }

    private static func checkTime(_ timestamp: String, date: String, now: Int64) throws(LocalError) {
        guard let time = UTCTime.seconds(basic: timestamp) else {
            throw .invalidSignature("invalid signature: X-Amz-Date is not a date: \(timestamp)")
        }
        guard timestamp.hasPrefix(date) else {
            throw .invalidSignature(
                """
                invalid signature: X-Amz-Date date does not match the provided datestamp. Expected \(date), got \
                \(timestamp)
                """
            )
        }
        if time < now - 900 {
            throw .invalidSignature("invalid signature: Signature expired: \(timestamp) is more than 15 min. ago")
        }
        if time > now + 900 {
            throw .invalidSignature(
                "invalid signature: Signature not yet current: \(timestamp) is more than 15 min. ahead"
            )
        }
    }

    private func signature(
        of request: ServerRequest,
        _ given: Authorization,
        _ timestamp: String,
        _ secret: String
    ) -> String {
        let headers = given.signedHeaders.map { name in
            (name: name, value: Self.squeezed(request.header(name) ?? ""))
        }
        let canonical = SignatureText.canonicalRequest(
            method: request.method,
            headers: headers,
            bodyDigest: SignatureText.hexadecimal(Digest.sha256(request.body))
        )
        let digest = SignatureText.hexadecimal(Digest.sha256(Array(canonical.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(timestamp)\n\(given.scope.joined(separator: "/"))\n\(digest)"
        var key = Array("AWS4\(secret)".utf8)
        for part in given.scope { key = Digest.hmacSHA256(Array(part.utf8), key: key) }
        return SignatureText.hexadecimal(Digest.hmacSHA256(Array(text.utf8), key: key))
    }

    /// Runs of blanks become one, those at the ends go.
    private static func squeezed(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    /// Takes as long for any difference.
    private static func areEqual(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension UTCTime {
    /// Seconds since 1970 of `20261121T074500Z`; `nil` for another form or no real time.
    static func seconds(basic text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            let digits = bytes[range]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        // Days from 1 March of year 0, the inverse of `date(daysSince1970:)`.
        let shiftedYear = month <= 2 ? year - 1 : year
        let shiftedMonth = (month + 9) % 12
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        let days = shiftedYear * 365 + leapDays + (153 * shiftedMonth + 2) / 5 + day - 1 - 719_468
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }
}
