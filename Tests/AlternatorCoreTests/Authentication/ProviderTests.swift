import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// A provider whose calls end when the test says so.
final class Vault: Sendable {
    struct Sealed: Error, CustomStringConvertible { let description = "the vault is sealed" }

    private struct State {
        var calls = 0
        var isOpen: Bool
        var answer: Result<AlternatorConfig.Credentials, Sealed>
        var waiting: [CheckedContinuation<Void, Never>] = []
        var cancelled = 0
    }

    private let state: Mutex<State>
    private let role: String

    init(_ secret: String, role: String = "role", isOpen: Bool = true, validFor: Duration? = nil) {
        self.role = role
        let answer = AlternatorConfig.Credentials(accessKey: role, secretKey: secret, validFor: validFor)
        state = Mutex(State(isOpen: isOpen, answer: .success(answer)))
    }

    var calls: Int { state.withLock { $0.calls } }
    var cancelled: Int { state.withLock { $0.cancelled } }

    func set(_ secret: String, validFor: Duration? = nil) {
        state.withLock { $0.answer = .success(.init(accessKey: role, secretKey: secret, validFor: validFor)) }
    }

    func seal() { state.withLock { $0.answer = .failure(Sealed()) } }

    /// Lets all calls return, from now on at once.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The provider's function; it does not heed cancellation.
    @Sendable func credentials() async throws -> AlternatorConfig.Credentials {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.calls += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        return try state.withLock { state in
            if Task.isCancelled { state.cancelled += 1 }
            return try state.answer.get()
        }
    }
}

@Suite struct ProviderTests {
    private static func bench(
        _ vault: Vault,
        timeout: Duration = .seconds(10),
        seconds: @escaping @Sendable () -> Int64 = { 1_795_246_560 },
        configure: (inout AlternatorConfig) -> Void = { _ in }
    ) async throws -> (AlternatorClient, ScriptedTransport, ManualClock) {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.authentication = .provider(timeout: timeout, vault.credentials)
        configure(&config)
        let transport = ScriptedTransport(["10.0.0.1"])
        let clock = ManualClock()
        let client = try await AlternatorClient(
            config,
            clock: clock,
            random: RandomSource(seed: 1),
            secondsSinceEpoch: seconds,
            transport: { _ in transport }
        )
        return (client, transport, clock)
    }

    private static func put(
        _ client: AlternatorClient,
        _ options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> EncodedResponse {
        try await client.execute(
            EncodedRequest(.putItem, table: "t", body: Array("{}".utf8), safety: .counting),
            options: options
        )
    }

    private static func signature(_ secret: String) -> String {
        let lines = RequestSigner(SigningKeys("role", secret, nil), region: "us-east-1").lines(
            .putItem,
            authority: Array("10.0.0.1:8000".utf8),
            body: Array("{}".utf8),
            second: 1_795_246_560
        )
        return String(String(decoding: lines, as: UTF8.self).split(separator: "Signature=")[1].prefix(64))
    }

    private static func signedBy(_ call: ScriptedTransport.Call?, _ secret: String) -> Bool {
        call?.header("Authorization")?.hasSuffix("Signature=" + signature(secret)) == true
    }

    @Test func `requests at once share one call, and later ones make none`() async throws {
        let vault = Vault("one", isOpen: false)
        let (client, transport, _) = try await Self.bench(vault)
        #expect(vault.calls == 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await Self.put(client) } }
            try await eventually("20 waits") { client.core.lifecycle.inFlight == 20 && vault.calls == 1 }
            #expect(transport.requests.isEmpty)
            vault.open()
            try await group.waitForAll()
        }
        _ = try await Self.put(client)
        #expect(vault.calls == 1)
        #expect(transport.requests.count == 21)
        #expect(transport.requests.allSatisfy { Self.signedBy($0, "one") })
        await client.close()
    }

    @Test func `new keys are used once the old ones have ended, and before where they can be had`() async throws {
        let seconds = Mutex<Int64>(1000)
        let vault = Vault("one", validFor: .seconds(100))
        let (client, transport, _) = try await Self.bench(vault, seconds: { seconds.withLock { $0 } })
        _ = try await Self.put(client)
        vault.set("two", validFor: .seconds(100))
        seconds.withLock { $0 = 1079 }
        _ = try await Self.put(client)
        #expect(vault.calls == 1)
        // Due: this request still uses the first keys.
        seconds.withLock { $0 = 1080 }
        _ = try await Self.put(client)
        try await eventually("a second call") { vault.calls == 2 }
        vault.seal()
        seconds.withLock { $0 = 1150 }
        try await eventually("the second keys") {
            _ = try? await Self.put(client)
            return transport.requests.last?.header("Authorization")
                != transport.requests.dropLast().last?.header("Authorization")
        }
        // The second keys end at 1180, the vault is sealed.
        seconds.withLock { $0 = 1181 }
        let error = await failure { try await Self.put(client) }
        #expect(error?.code == .credentials)
        await client.close()
    }

    @Test func `a provider that throws is a clear error with its cause, and nothing is sent`() async throws {
        let vault = Vault("one")
        vault.seal()
        let (client, transport, _) = try await Self.bench(vault)
        let error = await failure { try await Self.put(client) }
        #expect(error?.code == .credentials)
        #expect(error?.cause is Vault.Sealed)
        #expect(error?.description.contains("the vault is sealed") == true)
        #expect(error?.attempts == 0)
        #expect(transport.requests.isEmpty)
        vault.set("one")
        _ = try await Self.put(client)
        #expect(transport.requests.count == 1)
        await client.close()
    }

    @Test(arguments: [
        (AlternatorConfig.Credentials(accessKey: "", secretKey: "s3cr3t"), "the access key is empty"),
        (.init(accessKey: "a b", secretKey: "s3cr3t"), "has a blank"),
        (.init(accessKey: "a", secretKey: ""), "the secret key is empty"),
        (.init(accessKey: "a", secretKey: "s3cr3t", sessionToken: "x\r\nHost: y"), "the session token"),
        (.init(accessKey: "a", secretKey: "s3cr3t", validFor: .zero), "valid for less than a second"),
    ])
    func `unusable credentials are named without being shown`(
        given: AlternatorConfig.Credentials,
        reason: String
    ) async throws {
        let bench = try await Bench(configure: { $0.authentication = .provider { given } })
        let error = await failure { try await bench.put() }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains(reason) == true)
        #expect(error?.description.contains("s3cr3t") == false)
        await bench.client.close()
    }

    @Test func `a provider that hangs ends in an error after its timeout, and is called again`() async throws {
        let vault = Vault("one", isOpen: false)
        let (client, transport, clock) = try await Self.bench(vault, timeout: .seconds(7))
        for call in 1...4 {
            async let error = failure { try await Self.put(client) }
            try await eventually("call \(call)") { vault.calls == call && clock.waits.contains(.seconds(7)) }
            clock.advance(by: .seconds(7))
            let ended = await error
            #expect(ended?.code == .credentials)
            #expect(ended?.message.contains("timeout of 7.0 seconds") == true)
        }
        let hung = await failure { try await Self.put(client) }
        #expect(hung?.code == .credentials)
        #expect(hung?.message.contains("have not returned") == true)
        #expect(vault.calls == 4)
        vault.open()
        try await eventually("all calls are back") { vault.cancelled == 4 }
        try await eventually("another call") { await failure { try await Self.put(client) } == nil }
        #expect(vault.calls == 5)
        #expect(transport.requests.count == 1)
        await client.close()
    }

    @Test func `cancelling a request ends its wait, and not the call others wait for`() async throws {
        let vault = Vault("one", isOpen: false)
        let (client, transport, _) = try await Self.bench(vault)
        let first = Task { await failure { try await Self.put(client) } }
        try await eventually("the call") { vault.calls == 1 }
        let second = Task { await failure { try await Self.put(client) } }
        try await eventually("two requests") { client.core.lifecycle.inFlight == 2 }
        first.cancel()
        #expect(await first.value?.code == .cancelled)
        vault.open()
        #expect(await second.value == nil)
        #expect(vault.cancelled == 0)
        #expect(transport.requests.count == 1)
        await client.close()
    }

    @Test func `a request's operation timeout bounds its wait as well`() async throws {
        let vault = Vault("one", isOpen: false)
        let (client, _, clock) = try await Self.bench(vault)
        var options = RequestOptions()
        options.operationTimeout = .seconds(2)
        let task = Task { [options] in await failure { try await Self.put(client, options) } }
        try await eventually("the wait") { clock.waits.contains(.seconds(2)) && vault.calls == 1 }
        clock.advance(by: .seconds(2))
        #expect(await task.value?.code == .operationTimeout)
        vault.open()
        await client.close()
    }

    @Test func `closing ends the wait, though the provider never returns`() async throws {
        let vault = Vault("one", isOpen: false)
        let (client, _, _) = try await Self.bench(vault)
        let task = Task { await failure { try await Self.put(client) } }
        try await eventually("the call") { vault.calls == 1 }
        await client.close(within: .zero)
        #expect(await task.value?.code == .closed)
        vault.open()
    }

    @Test func `keys that the server refuses are asked for anew, and the request is sent once more`() async throws {
        let seconds = Mutex<Int64>(1_795_246_559)
        let vault = Vault("old")
        let (client, transport, _) = try await Self.bench(vault, seconds: { seconds.withLock { $0 } })
        _ = try await Self.put(client)
        seconds.withLock { $0 += 1 }
        transport.everywhere { call in
            call.isDiscovery || Self.signedBy(call, "new")
                ? nil : .error("UnrecognizedClientException", "wrong signature")
        }
        // The provider has nothing better: the refusal stands.
        let error = await failure { try await Self.put(client) }
        #expect(error?.code == .signature)
        #expect(vault.calls == 2)
        #expect(transport.requests.count == 2)
        // Not again in the same second.
        vault.set("new")
        _ = await failure { try await Self.put(client) }
        #expect(vault.calls == 2)
        await client.close()
    }

    @Test func `keys that were changed are found by the first request that is refused`() async throws {
        let seconds = Mutex<Int64>(1_795_246_559)
        let vault = Vault("old")
        let (client, transport, _) = try await Self.bench(vault, seconds: { seconds.withLock { $0 } })
        _ = try await Self.put(client)
        seconds.withLock { $0 += 1 }
        vault.set("new")
        transport.everywhere { call in
            call.isDiscovery || Self.signedBy(call, "new") ? nil : .error("InvalidSignatureException", "no")
        }
        for _ in 0..<3 { _ = try await Self.put(client) }
        #expect(vault.calls == 2)
        #expect(transport.requests.count == 1 + 4)
        await client.close()
    }

    @Test func `a call may bring keys of its own, or none`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            configure: { $0.authentication = .credentials(accessKey: "role", secretKey: "one") }
        )
        let vault = Vault("two")
        var options = RequestOptions()
        options.authentication = .provider(vault.credentials)
        for _ in 0..<3 { _ = try await bench.put(options: options) }
        #expect(vault.calls == 1)
        let requests = bench.transport.requests
        #expect(requests.allSatisfy { $0.header("Authorization")?.contains("Credential=role/") == true })
        options.authentication = .anonymous
        _ = try await bench.put(options: options)
        #expect(bench.transport.requests.last?.header("Authorization") == nil)
        #expect(bench.transport.requests.last?.header("X-Amz-Date") == nil)
        options.authentication = .credentials(accessKey: "other", secretKey: "three", sessionToken: "tok")
        for _ in 0..<2 { _ = try await bench.put(options: options) }
        #expect(bench.transport.requests.last?.header("X-Amz-Security-Token") == "tok")
        #expect(bench.transport.requests.last?.header("Authorization")?.contains("Credential=other/") == true)
        _ = try await bench.put()
        #expect(bench.transport.requests.last?.header("Authorization")?.contains("Credential=role/") == true)
        options.authentication = .credentials(accessKey: "", secretKey: "x")
        let error = await failure { try await bench.put(options: options) }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasPrefix("RequestOptions.authentication: ") == true)
        await bench.client.close()
    }
}
