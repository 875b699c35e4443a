import Synchronization

/// A server's side of TLS: its certificate, whom it lets in, and a count of handshakes.
package final class TLSServer: Sendable {
    /// Handshakes so far.
    package struct Counts: Hashable, Sendable {
        /// Complete ones, resumed ones among them.
        package var completed = 0
        /// Those that took up the session of an earlier connection.
        package var resumed = 0
        package var failed = 0
    }

    private let source: TLSContextSource
    private let numbers = Mutex(Counts())

    /// Reads all files; they are read anew when they have changed.
    ///
    /// - Throws: the setting that cannot be used.
    package init(_ settings: TLSServerSettings, now: MonotonicTime = .now) throws(TLSSettingsError) {
        source = try TLSContextSource(files: settings.files, now: now, reloaded: { _ in }) {
            do throws(TLSSettingsError) {
                return .success(try TLSContext.server(settings))
            } catch {
                return .failure(error)
            }
        }
    }

    package var counts: Counts { numbers.withLock { $0 } }

    func session(descriptor: Int32, now: MonotonicTime) -> TLSSession? {
        TLSSession(source.context(now: now), descriptor: descriptor, name: nil, now: now)
    }

    func completed(resumed: Bool) {
        numbers.withLock {
            $0.completed += 1
            if resumed { $0.resumed += 1 }
        }
    }

    func failed() { numbers.withLock { $0.failed += 1 } }
}

extension TLSServerSettings {
    /// Those whose change matters.
    var files: [String] {
        [identity.chainFile, identity.keyFile] + (clientAuthorityFile.map { [$0] } ?? [])
    }
}
