/// The client's side of TLS: one configuration, its trust, its certificate, its sessions.
package final class TLSClient: Sendable {
    private let settings: TLSClientSettings
    private let source: TLSContextSource

    /// Reads all files.
    ///
    /// - Parameters:
    ///   - settings: what is asked of TLS.
    ///   - now: when the files are read.
    ///   - reloaded: told when files have changed since and were read anew, with what is wrong with them if anything.
    /// - Throws: the setting that cannot be used.
    package init(
        _ settings: TLSClientSettings,
        now: MonotonicTime = .now,
        reloaded: @escaping @Sendable (_ problem: TLSSettingsError?) -> Void = { _ in }
    ) throws(TLSSettingsError) {
        if let name = settings.serverName, name.isEmpty || name.utf8.contains(0) {
            throw TLSSettingsError(.serverName, "is not a name or address")
        }
        self.settings = settings
        source = try TLSContextSource(files: settings.files, now: now, reloaded: reloaded) {
            do throws(TLSSettingsError) {
                return .success(try TLSContext.client(settings))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Checks settings as making a client does, without reading the system's authorities.
    package static func check(_ settings: TLSClientSettings) throws(TLSSettingsError) {
        var settings = settings
        settings.trustsSystem = false
        _ = try TLSClient(settings)
    }

    /// The TLS side of a new connection; `nil` when out of memory.
    func session(for peer: Peer, descriptor: Int32, now: MonotonicTime) -> TLSSession? {
        TLSSession(
            context(now: now),
            descriptor: descriptor,
            name: TLSPeerName(peer, settings),
            now: now
        )
    }

    /// What a connection made now is made from.
    func context(now: MonotonicTime) -> TLSContext { source.context(now: now) }
}

extension TLSClientSettings {
    /// Those whose change matters.
    var files: [String] {
        (verifiesChain ? authorityFiles : []) + (identity.map { [$0.chainFile, $0.keyFile] } ?? [])
    }
}
