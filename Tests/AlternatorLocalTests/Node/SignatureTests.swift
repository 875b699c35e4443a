import AlternatorTransport
import Testing

@testable import AlternatorLocal

@Suite struct SignatureTests {
    // AWS's example "get-vanilla" of the Signature Version 4 test suite: key, time, headers and signature are theirs.
    private let check = SignatureCheck(secrets: ["AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"])
    private let time: Int64 = 1_440_938_160  // 2015-08-30 12:36:00 UTC

    private func request(
        credential: String = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request",
        signature: String = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        date: String = "20150830T123600Z",
        authorization: String? = nil
    ) -> ServerRequest {
        let standard =
            "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=host;x-amz-date, Signature=\(signature)"
        return ServerRequest(
            method: "GET",
            path: "/",
            query: nil,
            headers: [
                ("host", "example.amazonaws.com"), ("x-amz-date", date), ("authorization", authorization ?? standard),
            ],
            body: [],
            remoteAddress: ""
        )
    }

    @Test func `a right signature tells its role`() throws {
        #expect(try check.role(of: request(), now: time) == "AKIDEXAMPLE")
        #expect(try check.role(of: request(), now: time + 899) == "AKIDEXAMPLE")
    }

    @Test func `what is wrong decides about the error`() {
        func type(_ request: ServerRequest, now: Int64? = nil) -> String? {
            do throws(LocalError) {
                _ = try check.role(of: request, now: now ?? time)
                return nil
            } catch {
                return error.type
            }
        }
        func message(_ request: ServerRequest, now: Int64) -> String? {
            do throws(LocalError) {
                _ = try check.role(of: request, now: now)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(type(request(signature: String(repeating: "0", count: 64))) == "UnrecognizedClientException")
        #expect(
            type(request(credential: "nobody/20150830/us-east-1/service/aws4_request"))
                == "UnrecognizedClientException"
        )
        #expect(type(request(credential: "AKIDEXAMPLE/20150830")) == "ValidationException")
        #expect(type(request(authorization: "Basic abc")) == "InvalidSignatureException")
        #expect(type(request(), now: time + 901) == "InvalidSignatureException")
        #expect(type(request(), now: time - 901) == "InvalidSignatureException")
        #expect(type(request(date: "20150831T123600Z"), now: time + 86_400) == "InvalidSignatureException")
        // A credential with the beginning of a date alone is told that it is too old.
        let short = message(request(credential: "AKIDEXAMPLE/2/3/4/aws4_request"), now: time + 901)
        #expect(short?.contains("Signature expired") == true)
        #expect(type(request(date: "soon")) == "InvalidSignatureException")
        let bare = ServerRequest(
            method: "POST",
            path: "/",
            query: nil,
            headers: [("host", "x")],
            body: [],
            remoteAddress: ""
        )
        #expect(type(bare) == "MissingAuthenticationTokenException")
    }

    @Test(arguments: [
        ("20150830T123600Z", 1_440_938_160), ("19700101T000000Z", 0), ("20240229T235959Z", 1_709_251_199),
    ])
    func `a basic date is read`(text: String, seconds: Int64) {
        #expect(UTCTime.seconds(basic: text) == seconds)
    }
}
