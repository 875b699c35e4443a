/// The texts of an AWS signature, version 4; digests are the caller's.
///
/// Source: AWS, "Signature Version 4 signing process"; the server checks only what `SignedHeaders` names
/// (`utils/aws_sigv4.cc`).
package struct SignatureText: Sendable {
    package let time: SigningTime
    package let region: String
    package let service: String

    package init(time: SigningTime, region: String, service: String) {
        self.time = time
        self.region = region
        self.service = service
    }

    /// Where and when the signature counts: `20150830/us-east-1/dynamodb/aws4_request`.
    package var scope: String { "\(time.date)/\(region)/\(service)/aws4_request" }

    /// What is digested first.
    ///
    /// - Parameters:
    ///   - method: `POST`.
    ///   - path: encoded already.
    ///   - query: canonical already.
    ///   - headers: names in lower case and in order; values without blanks at the ends or doubled inside.
    ///   - bodyDigest: hexadecimal, of the body as it is sent.
    /// - Returns: the canonical request.
    package static func canonicalRequest(
        method: String,
        path: String = "/",
        query: String = "",
        headers: [(name: String, value: String)],
        bodyDigest: String
    ) -> String {
        var text = "\(method)\n\(path)\n\(query)\n"
        for (name, value) in headers { text += "\(name):\(value)\n" }
        return text + "\n\(signedHeaders(headers))\n\(bodyDigest)"
    }

    /// The names of the headers: `content-type;host`.
    package static func signedHeaders(_ headers: [(name: String, value: String)]) -> String {
        headers.map(\.name).joined(separator: ";")
    }

    /// What is signed: the time, the scope and the digest of the canonical request.
    package func stringToSign(canonicalDigest: String) -> String {
        "AWS4-HMAC-SHA256\n\(time.timestamp)\n\(scope)\n\(canonicalDigest)"
    }

    /// The messages whose HMACs, one keyed by the other, turn `AWS4` and the secret key into the key that signs.
    package var keyDerivation: [String] { [time.date, region, service, "aws4_request"] }

    /// The value of `Authorization`.
    package func authorization(accessKey: String, signedHeaders: String, signature: String) -> String {
        "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(signedHeaders), Signature=\(signature)"
    }

    /// Lower-case hexadecimal digits.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
