import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorCore

/// Signatures that AWS has published.
///
/// Of the AWS General Reference: the Signature Version 4 test suite (`aws-sig-v4-test-suite`, named by its folders; key
/// AKIDEXAMPLE, 30 August 2015, 12:36 UTC, us-east-1, service `service`), "Examples of how to derive a signing key", and
/// the request for a list of IAM users with which "Signature Version 4 signing process" explains each step. Of the S3
/// API reference: "GET Object" in "Examples: Signature Calculations".
@Suite struct SigningVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        var method = "POST"
        var path = "/"
        var query = ""
        let headers: [(name: String, value: String)]
        var body = ""
        var region = "us-east-1"
        var service = "service"
        var second: Int64 = 1_440_938_160
        var secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        let signature: String

        var testDescription: String { name }
    }

    private static let host = (name: "host", value: "example.amazonaws.com")
    private static let date = (name: "x-amz-date", value: "20150830T123600Z")
    private static let token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YU"
        + "uwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQ"
        + "cHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/"
        + "oLxBA=="

    static let vectors = [
        Vector(
            name: "get-vanilla",
            method: "GET",
            headers: [host, date],
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "post-vanilla",
            headers: [host, date],
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Vector(
            name: "post-x-www-form-urlencoded",
            headers: [("content-type", "application/x-www-form-urlencoded"), host, date],
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
        Vector(
            name: "post-sts-header-before",
            headers: [host, date, ("x-amz-security-token", token)],
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
        ),
        Vector(
            name: "get-header-value-order",
            method: "GET",
            headers: [host, ("my-header1", "value4,value1,value3,value2"), date],
            signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"
        ),
        Vector(
            name: "the list of IAM users",
            method: "GET",
            query: "Action=ListUsers&Version=2010-05-08",
            headers: [
                ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("host", "iam.amazonaws.com"), date,
            ],
            service: "iam",
            signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        ),
        Vector(
            name: "GET Object of S3",
            method: "GET",
            path: "/test.txt",
            headers: [
                ("host", "examplebucket.s3.amazonaws.com"), ("range", "bytes=0-9"),
                ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                ("x-amz-date", "20130524T000000Z"),
            ],
            service: "s3",
            second: 1_369_353_600,
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
    ]

    @Test(arguments: vectors)
    func `the published requests have the published signatures`(vector: Vector) {
        let text = SignatureText(
            time: SigningTime(secondsSinceEpoch: vector.second),
            region: vector.region,
            service: vector.service
        )
        #expect(vector.headers.contains { $0.value == text.time.timestamp })
        let canonical = SignatureText.canonicalRequest(
            method: vector.method,
            path: vector.path,
            query: vector.query,
            headers: vector.headers,
            bodyDigest: SignatureText.hexadecimal(Digest.sha256(Array(vector.body.utf8)))
        )
        let digest = SignatureText.hexadecimal(Digest.sha256(Array(canonical.utf8)))
        let key = RequestSigner.derive(vector.secret, text.keyDerivation)
        let signed = Array(text.stringToSign(canonicalDigest: digest).utf8)
        #expect(SignatureText.hexadecimal(Digest.hmacSHA256(signed, key: key)) == vector.signature)
    }

    @Test(arguments: [
        (
            "iam", Int64(1_329_264_000), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"
        ),
        ("iam", 1_440_938_160, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"),
    ])
    func `the published keys are derived`(service: String, second: Int64, key: String) {
        let text = SignatureText(
            time: SigningTime(secondsSinceEpoch: second),
            region: "us-east-1",
            service: service
        )
        let derived = RequestSigner.derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", text.keyDerivation)
        #expect(SignatureText.hexadecimal(derived) == key)
    }

    /// The published requests are not Alternator's: the signer of requests is held to the text that gave them.
    @Test(arguments: [nil, token], [0, 1, 388, 5000])
    func `a request is signed as the text says`(token: String?, length: Int) {
        let keys = SigningKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
        let signer = RequestSigner(keys, region: "eu-west-3")
        let body = [UInt8](repeating: 0x7B, count: length)
        // What was begun for other keys, another second or operation must not be taken.
        let starts = SignatureStarts()
        let other = RequestSigner(SigningKeys("AKIDEXAMPLE", "another", token), region: "eu-west-3")
        // Seconds of two days, backwards too, and one of them twice.
        for second in [1_440_938_160, 1_440_938_160, 1_440_938_161, 1_440_979_200, 1_440_979_199] as [Int64] {
            for operation in OperationName.allCases {
                let authority = Array("[2001:db8::1]:8043".utf8)
                let lines = signer.lines(operation, authority: authority, body: body, second: second)
                let expected = Self.expected(keys, operation, body, second)
                #expect(String(decoding: lines, as: UTF8.self) == expected)
                for signer in [other, signer, signer] {
                    let start = starts.start(signer, operation, authority: authority, second: second)
                    let begun = ByteBuilder.array(capacity: start.room) { start.sign(body, into: &$0) }
                    #expect((begun == lines) == (signer !== other))
                }
            }
        }
    }

    private static func expected(
        _ keys: SigningKeys,
        _ operation: OperationName,
        _ body: [UInt8],
        _ second: Int64
    ) -> String {
        let text = SignatureText(
            time: SigningTime(secondsSinceEpoch: second),
            region: "eu-west-3",
            service: "dynamodb"
        )
        var headers = [
            (name: "content-type", value: "application/x-amz-json-1.0"), ("host", "[2001:db8::1]:8043"),
            ("x-amz-date", text.time.timestamp),
        ]
        var lines = "X-Amz-Date: \(text.time.timestamp)\r\n"
        if let token = keys.sessionToken {
            headers.append(("x-amz-security-token", token))
            lines += "X-Amz-Security-Token: \(token)\r\n"
        }
        headers.append(("x-amz-target", operation.target))
        let canonical = SignatureText.canonicalRequest(
            method: "POST",
            headers: headers,
            bodyDigest: SignatureText.hexadecimal(Digest.sha256(body))
        )
        let digest = SignatureText.hexadecimal(Digest.sha256(Array(canonical.utf8)))
        let key = RequestSigner.derive(keys.secretKey, text.keyDerivation)
        let signature = Digest.hmacSHA256(Array(text.stringToSign(canonicalDigest: digest).utf8), key: key)
        let authorization = text.authorization(
            accessKey: keys.accessKey,
            signedHeaders: SignatureText.signedHeaders(headers),
            signature: SignatureText.hexadecimal(signature)
        )
        return lines + "Authorization: \(authorization)\r\n"
    }
}
