import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct TLSReloadTests {
    private func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    @Test func `files are looked at once a second, and each difference counts once`() {
        let stamp = Mutex(FileStamp(modified: 1, inode: 1, size: 1))
        let looks = Mutex(0)
        let look = { (_: String) -> FileStamp? in
            looks.withLock { $0 += 1 }
            return stamp.withLock { $0 }
        }
        var watch = FileWatch(["a", "b"], now: time(0), stamp: look)
        let first = watch.hasChanged(now: time(0.9), stamp: look)
        #expect(!first)
        #expect(looks.withLock { $0 } == 2)
        for change in [
            FileStamp(modified: 2, inode: 1, size: 1), FileStamp(modified: 2, inode: 2, size: 1),
            FileStamp(modified: 2, inode: 2, size: 2),
        ] {
            stamp.withLock { $0 = change }
            let start = Double(change.modified + Int64(change.inode) + change.size) * 10
            let seen = watch.hasChanged(now: time(start), stamp: look)
            let again = watch.hasChanged(now: time(start + 0.5), stamp: look)
            let later = watch.hasChanged(now: time(start + 1), stamp: look)
            #expect(seen && !again && !later)
        }
        let gone = watch.hasChanged(now: time(100), stamp: { _ in nil })
        #expect(gone)
    }

    /// A client whose problems with changed files are kept.
    private final class Problems: Sendable {
        let all = Mutex<[TLSSettingsError?]>([])
        var count: Int { all.withLock { $0.count } }
        func add(_ problem: TLSSettingsError?) { all.withLock { $0.append(problem) } }
    }

    @Test func `a client takes up new authorities and drops sessions made under the old ones`() throws {
        let files = try CertificateFolder()
        let problems = Problems()
        let start = MonotonicTime.now
        let client = try TLSClient(files.client, now: start) { problems.add($0) }
        func context(_ seconds: Double) -> ObjectIdentifier {
            ObjectIdentifier(client.context(now: start.advanced(by: .milliseconds(Int(seconds * 1000)))))
        }
        let first = context(0)
        #expect(context(2) == first)
        let other = try CertificateFolder.authority("Other CA", now: files.now)
        try files.write(other.certificatePEM, to: "ca.pem")
        // Not looked at yet.
        #expect(context(2.5) == first)
        let second = context(3.1)
        #expect(second != first)
        #expect(context(10) == second)
        try files.write("broken", to: "ca.pem")
        // The last good one stays.
        #expect(context(20) == second)
        #expect(context(30) == second)
        let told = problems.all.withLock { $0.map { $0?.field } }
        #expect(told == [nil, .authorityFiles])
    }

    @Test func `a server shows its new certificate to new connections`() async throws {
        let files = try CertificateFolder()
        var settings = try files.server()
        settings.issuesTickets = false
        let start = MonotonicTime.now
        let tls = try TLSServer(settings, now: start.advanced(by: .seconds(-10)))
        let test = try TestServer(tls: tls) { _ in .respond(ServerResponse(status: 200)) }
        func ask() async throws -> TLSFault.Reason? {
            var configuration = TransportConfiguration()
            configuration.tls = try TLSClient(files.client)
            let transport = LoopTransport(configuration)
            let result = await outcome(transport, request(), Peer(id: 0, host: "127.0.0.1", port: test.port))
            await transport.close(within: .seconds(5))
            return result.error?.fault?.reason
        }
        // This look is the one of this second.
        let before = try await ask()
        #expect(before == nil)
        var expired = files.request()
        expired.validUntil = files.now - 60
        try files.identity(expired)
        let end = ContinuousClock.now + .seconds(300)
        var seen: TLSFault.Reason?
        while seen == nil, ContinuousClock.now < end { seen = try await ask() }
        #expect(seen == .certificateExpired)
        await test.stop()
    }
}
