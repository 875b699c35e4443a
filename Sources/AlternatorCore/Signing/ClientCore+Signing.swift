import AlternatorRouting
import AlternatorTransport
import AlternatorWire

extension ClientCore {
    /// How the next attempt of a call is signed; `nil`: not at all.
    ///
    /// Waits only for a provider that has given no keys yet, or whose keys have ended.
    ///
    /// - Throws: `.configuration` for an option that cannot be used, `.credentials` if a provider gives no keys,
    ///   `.cancelled` and `.closed`.
    func signing(
        of run: RequestRun,
        _ authentication: AlternatorConfig.Authentication
    ) async throws(AlternatorError) -> CallSigning? {
        switch authentication.kind {
        case .anonymous:
            return nil
        case .fixed(let keys):
            return CallSigning(signer: signing.signer(keys), source: nil)
        case .missing(let reason):
            throw Self.problem("authentication", reason, run.request)
        case .provider(let source):
            if let keys = source.keysAtHand(asker) {
                return CallSigning(signer: signing.signer(keys), source: source)
            }
            do throws(KeySource.Failure) {
                return CallSigning(signer: signing.signer(try await source.keys(asker)), source: source)
            } catch {
                throw credentialsError(error, source, run)
            }
        }
    }

    private var asker: KeySource.Asker {
        KeySource.Asker(
            secondsSinceEpoch: signing.clock.secondsSinceEpoch,
            time: time,
            pauses: pauses,
            lifecycle: lifecycle
        )
    }

    /// How a request is signed that a node has refused for its signature.
    ///
    /// A refused request was not run, so it may be sent again whatever it does.
    ///
    /// - Parameters:
    ///   - current: how it was signed.
    ///   - second: the time in its signature.
    ///   - response: the refusal, or any other answer.
    /// - Returns: `nil`: the answer stands.
    func signingAnew(
        _ current: CallSigning,
        _ second: Int64,
        after response: IncomingResponse
    ) async -> CallSigning? {
        // Alternator says 400, other implementations 401 or 403.
        guard (400...403).contains(response.status) else { return nil }
        let refusal = ServiceError(status: response.status, bytes: response.bytes, bodyOffset: response.bodyOffset)
        if refusal.isClockSkew {
            guard let text = response.values(of: .date).first, let date = HTTPDate.secondsSinceEpoch(text),
                signing.clock.refused(second, date: date)
            else { return nil }
            return current
        }
        guard refusal.code == .signature, let source = current.source,
            let keys = await source.keys(insteadOf: current.signer.keys, asker)
        else { return nil }
        return CallSigning(signer: signing.signer(keys), source: source)
    }

    private func credentialsError(
        _ failure: KeySource.Failure,
        _ source: KeySource,
        _ run: RequestRun
    ) -> AlternatorError {
        let message: String
        var cause: (any Error)?
        switch failure {
        case .cancelled: return cancelledError(run.request, run)
        case .closed: return closedError(run.request, run)
        case .thrown(let error):
            message = "The provider of credentials failed, so the request cannot be signed."
            cause = error
        case .unusable(let reason):
            message = "The provider of credentials gave some that cannot be used: \(reason)."
        case .timedOut:
            message = "The provider of credentials gave none within its timeout of \(source.timeout)."
        case .hung:
            message =
                "\(KeyCache.maximumAbandoned) calls of the provider of credentials have not returned yet; "
                + "none is made until one has."
        }
        return error(.credentials, message, run.request, run, cause: cause)
    }
}
