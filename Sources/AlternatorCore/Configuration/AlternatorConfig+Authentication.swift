import AlternatorTransport

extension AlternatorConfig {
    /// Who the requests come from.
    ///
    /// ```swift
    /// config.authentication = .credentials(accessKey: "app", secretKey: saltedHash)
    /// config.authentication = .environment
    /// config.authentication = .provider {
    ///     let secret = try await vault.read("alternator/app")
    ///     return .init(accessKey: "app", secretKey: secret.value, validFor: .seconds(3600))
    /// }
    /// ```
    ///
    /// No description, dump, event or error of this package shows a key; see `description`.
    public struct Authentication: Sendable {
        enum Kind: Sendable {
            case anonymous
            case fixed(SigningKeys)
            case provider(KeySource)
            /// The environment lacks what it should have; the reason names it.
            case missing(String)
        }

        let kind: Kind

        /// Whether it is known beforehand how each request is signed, or that none is.
        var isSettled: Bool {
            switch kind {
            case .anonymous, .fixed: true
            case .provider, .missing: false
            }
        }

        /// Why requests cannot be signed with it; `nil` if they can.
        var problem: String? {
            switch kind {
            case .anonymous: nil
            case .fixed(let keys): keys.problem
            case .provider(let source):
                source.timeout < .milliseconds(1) ? "the provider's timeout is less than a millisecond" : nil
            case .missing(let reason): reason
            }
        }

        /// Requests are not signed, the default: right where the cluster does not enforce authorization.
        public static let anonymous = Authentication(kind: .anonymous)

        /// Requests are signed (AWS signature, version 4): the role's name and its salted hash.
        ///
        /// The server ignores a session token; it is sent, and signed, for proxies that want one.
        public static func credentials(
            accessKey: String,
            secretKey: String,
            sessionToken: String? = nil
        ) -> Authentication {
            Authentication(kind: .fixed(SigningKeys(accessKey, secretKey, sessionToken)))
        }

        /// The same, from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if there is one, `AWS_SESSION_TOKEN`.
        ///
        /// They are read when this is written, so a later change of the environment changes nothing: for keys that
        /// change there is `.provider`. If one of the first two is missing or empty, making a client throws
        /// `.configuration` naming it.
        public static var environment: Authentication { Authentication(environment: Environment.value) }

        private init(kind: Kind) { self.kind = kind }

        init(environment value: (String) -> String?) {
            func text(_ name: String) -> String? { value(name).flatMap { $0.isEmpty ? nil : $0 } }
            guard let accessKey = text("AWS_ACCESS_KEY_ID") else {
                self.init(kind: .missing("AWS_ACCESS_KEY_ID is not in the environment"))
                return
            }
            guard let secretKey = text("AWS_SECRET_ACCESS_KEY") else {
                self.init(kind: .missing("AWS_SECRET_ACCESS_KEY is not in the environment"))
                return
            }
            self.init(kind: .fixed(SigningKeys(accessKey, secretKey, text("AWS_SESSION_TOKEN"))))
        }

        /// The same, with keys that somebody else keeps and changes.
        ///
        /// `provide` is called when a request first needs keys, and again
        /// 1. shortly before those it gave end, while they are still used: a fifth of `validFor` before, at most a
        ///    minute; if that fails, they are used to their end, and it is tried once a second;
        /// 2. when the server refuses their signature, at most once a second; with other keys the request is signed
        ///    and sent once more.
        ///
        /// One call is under way at a time, whoever waits for it, also for several clients with one value of this
        /// type. It must not block its thread. Cancelling a request ends its wait, not the call.
        ///
        /// - Parameters:
        ///   - timeout: how long a request waits for a call; then the call is cancelled, and the next request makes
        ///     another one. While four of those have not returned all the same, requests fail at once.
        ///   - provide: gives the keys. What it throws is the `cause` of a request's error, whose code is
        ///     `.credentials`; such errors are not retried.
        /// - Returns: one provider, with its cache.
        public static func provider(
            timeout: Duration = .seconds(10),
            _ provide: @escaping @Sendable () async throws -> Credentials
        ) -> Authentication {
            Authentication(kind: .provider(KeySource(timeout: timeout, provide)))
        }
    }

    /// What a provider of credentials gives.
    public struct Credentials: Sendable {
        let keys: SigningKeys
        let validFor: Duration?

        /// - Parameters:
        ///   - accessKey: the role's name.
        ///   - secretKey: its salted hash.
        ///   - sessionToken: for proxies; the server ignores it.
        ///   - validFor: from now on; `nil`: until the server refuses them.
        public init(
            accessKey: String,
            secretKey: String,
            sessionToken: String? = nil,
            validFor: Duration? = nil
        ) {
            keys = SigningKeys(accessKey, secretKey, sessionToken)
            self.validFor = validFor
        }
    }
}

extension AlternatorConfig.Authentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its kind, such as `.credentials`; never a key.
    public var description: String {
        switch kind {
        case .anonymous: ".anonymous"
        case .fixed: ".credentials"
        case .provider: ".provider"
        case .missing: ".environment"
        }
    }

    /// The same.
    public var debugDescription: String { description }

    /// Without children, so that a dump shows no key either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension AlternatorConfig.Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The type's name; never a key.
    public var description: String { "Credentials" }

    /// The same.
    public var debugDescription: String { description }

    /// Without children, so that a dump shows no key either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
