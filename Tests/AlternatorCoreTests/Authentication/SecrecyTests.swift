import AlternatorTransport
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// No text that this package makes shows a key.
@Suite struct SecrecyTests {
    private static let secret = "s3cr3t-0123456789abcdef"
    private static let token = "t0k3n-0123456789abcdef"

    private static func texts<Value>(_ value: Value) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), String(describing: Optional(value)), dumped]
    }

    private static func isSafe(_ texts: [String]) -> Bool {
        // Digests and base64 would give it away as well.
        let forms = [secret, token].flatMap { text in
            [text, Data(text.utf8).base64EncodedString(), "\(Array(text.utf8))"]
        }
        return !texts.contains { text in forms.contains { text.contains($0) } }
    }

    private final class Told: Sendable { let all = Mutex<[AlternatorEvent]>([]) }

    static let kinds: [AlternatorConfig.Authentication] = [
        .credentials(accessKey: "role", secretKey: secret, sessionToken: token),
        .provider { .init(accessKey: "role", secretKey: secret, sessionToken: token) },
        .init(environment: {
            ["AWS_ACCESS_KEY_ID": "role", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token][$0]
        }),
    ]

    @Test(arguments: kinds)
    func `configuration, options, client and errors show no key`(kind: AlternatorConfig.Authentication) async throws {
        #expect(Self.isSafe(Self.texts(kind)))
        let credentials = AlternatorConfig.Credentials(
            accessKey: "role",
            secretKey: Self.secret,
            sessionToken: Self.token
        )
        #expect(Self.isSafe(Self.texts(credentials)))
        #expect(Self.isSafe(Self.texts(SigningKeys("role", Self.secret, Self.token))))
        var options = RequestOptions()
        options.authentication = kind
        #expect(Self.isSafe(Self.texts(options)))

        let events = Told()
        let bench = try await Bench(configure: {
            $0.authentication = kind
            $0.observer = { event in events.all.withLock { $0.append(event) } }
        })
        #expect(Self.isSafe(Self.texts(bench.client.config)))
        _ = try await bench.put()
        bench.transport.everywhere { call in
            call.isDiscovery
                ? nil : .error("UnrecognizedClientException", "wrong signature \(call.header("Authorization") ?? "")")
        }
        for options in [options, RequestOptions()] {
            let error = await failure { try await bench.put(options: options) }
            #expect(error?.code == .signature)
            #expect(Self.isSafe(Self.texts(try #require(error))))
        }
        #expect(Self.isSafe(Self.texts(bench.client)))
        #expect(Self.isSafe(Self.texts(bench.client.core)))
        #expect(Self.isSafe(Self.texts(bench.client.core.signing)))
        let told = events.all.withLock { $0 }
        #expect(told.count > 3)
        #expect(Self.isSafe(told.flatMap { Self.texts($0) }))
        await bench.client.close()
    }

    @Test func `the check sees what it looks for`() {
        struct Leak { let keys: [String] }
        #expect(!Self.isSafe(Self.texts(Leak(keys: [Self.secret]))))
        #expect(!Self.isSafe(Self.texts(Array(Self.token.utf8))))
    }

    @Test func `the environment gives credentials, or says what it lacks`() throws {
        func problem(_ variables: [String: String]) -> String? {
            AlternatorConfig.Authentication(environment: { variables[$0] }).problem
        }
        #expect(problem(["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]) == nil)
        #expect(problem([:])?.contains("AWS_ACCESS_KEY_ID") == true)
        #expect(problem(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "b"])?.contains("ACCESS_KEY_ID") == true)
        #expect(problem(["AWS_ACCESS_KEY_ID": "a"])?.contains("AWS_SECRET_ACCESS_KEY") == true)
        let given = AlternatorConfig.Authentication(environment: {
            ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": ""][$0]
        })
        guard case .fixed(let keys) = given.kind else { return #expect(Bool(false), "no keys") }
        #expect(keys.isSame(as: SigningKeys("a", "b", nil)))
        #expect(Environment.value("PATH")?.isEmpty == false)
        #expect(Environment.value("ALTERNATOR_NO_SUCH_VARIABLE") == nil)
    }
}
