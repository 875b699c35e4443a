import AlternatorRouting
import AlternatorTransport
import AlternatorWire

extension AlternatorConfig.Scheme {
    /// The same as a part of a node's endpoint.
    var endpointScheme: Endpoint.Scheme {
        switch self {
        case .http: .http
        case .https: .https
        }
    }
}

extension AlternatorConfig {
    func validateTLS() throws(AlternatorError) {
        guard scheme == .https else {
            guard tls == nil else {
                throw AlternatorError(
                    .configuration,
                    message:
                        "AlternatorConfig.tls: is given, but scheme is .http; set scheme to .https, or leave tls out"
                )
            }
            return
        }
        guard let tls else { return }
        guard (0...1_000_000).contains(tls.sessionResumption.sessions) else {
            throw Self.problem(
                "sessionResumption",
                "\(tls.sessionResumption.sessions) sessions is not within 0...1000000"
            )
        }
        guard tls.sessionResumption.lifetime > .zero else {
            throw Self.problem("sessionResumption", "a lifetime of \(tls.sessionResumption.lifetime) is not above zero")
        }
        do throws(TLSSettingsError) {
            try TLSClient.check(tls.settings)
        } catch {
            throw Self.problem(error)
        }
    }

    /// The transport's side of `tls`, `nil` for `.http`; tells events when changed files were read, or cannot be.
    func tlsClient(_ events: EventSink) throws(AlternatorError) -> TLSClient? {
        guard scheme == .https else { return nil }
        do throws(TLSSettingsError) {
            return try TLSClient((tls ?? TLS()).settings) { problem in events.tellReload(problem) }
        } catch {
            throw Self.problem(error)
        }
    }

    private static func problem(_ error: TLSSettingsError) -> AlternatorError { problem(error.field.name, "\(error)") }

    private static func problem(_ field: String, _ reason: String) -> AlternatorError {
        AlternatorError(.configuration, message: "AlternatorConfig.tls.\(field): \(reason)")
    }
}

extension TLSSettingsError.Field {
    /// The field of `AlternatorConfig.TLS`.
    fileprivate var name: String {
        switch self {
        case .authorityFiles: "additionalCAFiles"
        case .certificateChain: "clientCertificate.chain"
        case .certificateKey: "clientCertificate.key"
        case .certificatePassword: "clientCertificate.password"
        case .keyLogFile: "keyLogFile"
        case .serverName: "serverName"
        // A server's; and what is no single field's.
        case .clientAuthorityFile, .system: "minimumVersion"
        }
    }
}

extension AlternatorConfig.TLS {
    fileprivate var settings: TLSClientSettings {
        var settings = TLSClientSettings()
        settings.trustsSystem = trustSystemCAs
        settings.authorityFiles = additionalCAFiles
        settings.verifiesChain = !trustsAll
        settings.verifiesName = verifyHostname
        settings.serverName = serverName
        settings.identity = clientCertificate.map {
            TLSIdentity(chainFile: $0.chain, keyFile: $0.key, password: $0.password)
        }
        settings.minimumVersion =
            switch minimumVersion {
            case .v1_2: .v1_2
            case .v1_3: .v1_3
            }
        settings.sessionCount = sessionResumption.sessions
        settings.sessionLifetime = sessionResumption.lifetime
        settings.keyLogFile = keyLogFile
        return settings
    }
}

extension EventSink {
    /// Files that TLS uses have changed.
    fileprivate func tellReload(_ problem: TLSSettingsError?) {
        guard let problem else {
            return tell(.certificatesReloaded) {
                AlternatorEvent($0, "Files of AlternatorConfig.tls have changed; new connections use them.")
            }
        }
        tell(.certificatesUnreadable) {
            AlternatorEvent(
                $0,
                "Files of AlternatorConfig.tls have changed and cannot be used, so new connections go on with the old "
                    + "ones: \(problem.field.name) \(problem)."
            )
        }
    }
}
