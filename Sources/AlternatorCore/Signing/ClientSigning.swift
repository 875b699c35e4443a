import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

/// The signers of a client: one for each pair of keys in use, and one clock for all.
final class ClientSigning: Sendable {
    /// Calls may bring keys of their own; so many of them keep their day's key.
    private static let maximumSigners = 16

    let clock: SigningClock
    /// For the client's own keys, where they never change; `nil`: none, or a provider's.
    let fixed: CallSigning?
    /// The client's own authentication, where its keys may change; `nil`: `fixed` says it all.
    let changing: AlternatorConfig.Authentication?
    private let region: String
    /// The last ones used, newest first.
    private let recent = Mutex<[RequestSigner]>([])

    init(_ config: AlternatorConfig, secondsSinceEpoch: @escaping @Sendable () -> Int64) {
        clock = SigningClock(secondsSinceEpoch)
        region = config.region
        switch config.authentication.kind {
        case .anonymous, .missing:
            (fixed, changing) = (nil, nil)
        case .fixed(let keys):
            (fixed, changing) = (CallSigning(signer: RequestSigner(keys, region: config.region), source: nil), nil)
        case .provider:
            (fixed, changing) = (nil, config.authentication)
        }
    }

    /// How a request begun now is signed with the client's own keys; `nil`: it is not, or they may change.
    func start(_ operation: OperationName, at node: NodeHandle) -> SignatureStart? {
        guard fixed != nil else { return nil }
        let second = clock.now
        // Looked at behind the call, for which it would be counted.
        guard let fixed else { return nil }
        return node.signatures.start(fixed.signer, operation, authority: node.authority, second: second)
    }

    /// The signer for some keys.
    func signer(_ keys: SigningKeys) -> RequestSigner {
        if let fixed, fixed.signer.keys.isSame(as: keys) { return fixed.signer }
        return recent.withLock { recent in
            if let first = recent.first, first.keys.isSame(as: keys) { return first }
            if let index = recent.firstIndex(where: { $0.keys.isSame(as: keys) }) {
                recent.insert(recent.remove(at: index), at: 0)
            } else {
                if recent.count == Self.maximumSigners { recent.removeLast() }
                recent.insert(RequestSigner(keys, region: region), at: 0)
            }
            return recent[0]
        }
    }
}

extension ClientSigning: CustomReflectable {
    /// Without children, so that a dump shows no key.
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// How the requests of one call are signed.
struct CallSigning: Sendable {
    let signer: RequestSigner
    /// Where other keys may be had; `nil`: these are all there are.
    let source: KeySource?
}
