package import AlternatorTransport
package import AlternatorWire
import Synchronization

/// Signs requests with one pair of keys (AWS signature, version 4).
///
/// Signed are the content type, the host, the date, the target and, if there is one, the session token, as the AWS SDKs
/// do. What stays the same for a day, a second or for good is made once, so that a signature costs four short digests and
/// one copy of the text that goes out.
package final class RequestSigner: Sendable {
    let keys: SigningKeys
    private let region: String
    private let texts: SignedTexts
    private let moment = Mutex<SigningMoment?>(nil)

    package init(_ keys: SigningKeys, region: String) {
        self.keys = keys
        self.region = region
        texts = keys.sessionToken == nil ? .withoutToken : .withToken
    }

    /// The header lines that sign a request, each with its end.
    ///
    /// - Parameters:
    ///   - operation: gives the target.
    ///   - authority: the value of `Host`.
    ///   - body: as it is sent.
    ///   - second: the time since 1970.
    /// - Returns: the lines.
    package func lines(_ operation: OperationName, authority: [UInt8], body: [UInt8], second: Int64) -> [UInt8] {
        let start = start(operation, authority: authority, second: second)
        return ByteBuilder.array(capacity: start.room) { start.sign(body, into: &$0) }
    }

    /// What the signatures of one operation at one node have in common in one second.
    package func start(_ operation: OperationName, authority: [UInt8], second: Int64) -> SignatureStart {
        let moment = moment(second)
        return SignatureStart(
            self,
            moment,
            canonicalRequest: SignedTexts.beforeHost + authority + moment.afterHost + texts.fromTarget[operation.index]
        )
    }

    /// What the signatures of one second have in common.
    func moment(_ second: Int64) -> SigningMoment {
        moment.withLock { current in
            if let current, current.second == second { return current }
            let made = SigningMoment(second, keys, region: region, texts: texts, before: current)
            current = made
            return made
        }
    }

    /// The key that signs, from the secret key and the messages of the scope.
    static func derive(_ secretKey: String, _ messages: [String]) -> [UInt8] {
        messages.reduce(Array("AWS4\(secretKey)".utf8)) { key, message in
            Digest.hmacSHA256(Array(message.utf8), key: key)
        }
    }
}

extension RequestSigner: CustomReflectable {
    /// Without children, so that a dump shows no key.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What signatures of one second have in common that sign the same operation at the same node.
package final class SignatureStart: Sendable {
    let second: Int64
    let signer: RequestSigner
    private let lines: [UInt8]
    private let key: HMACKey
    /// Has taken in the canonical request up to the body's digest.
    private let canonicalRequest: DigestStart
    /// The room that `sign` needs.
    package let room: Int

    fileprivate init(_ signer: RequestSigner, _ moment: SigningMoment, canonicalRequest: [UInt8]) {
        self.signer = signer
        second = moment.second
        lines = moment.lines
        key = moment.key
        self.canonicalRequest = DigestStart(canonicalRequest)
        room = moment.lines.count + 66
    }

    /// Appends the header lines that sign a request, each with its end.
    package func sign(_ body: [UInt8], into head: inout ByteBuilder) {
        head.append(lines)
        // What is digested is written behind the lines for a moment: no other array is needed.
        let end = head.count
        let worker = DigestWorker.lend()
        head.append(worker.sha256(body))
        let digest = worker.sha256(canonicalRequest, head, from: end)
        head.truncate(to: end)
        head.append(digest)
        let signature = worker.authenticate(head, from: end, with: key)
        head.truncate(to: end)
        head.append(signature)
        head.appendLineEnd()
    }
}

/// The last starts of signatures for one node, by operation.
///
/// A start costs half of a signature, and makes each that follows in its second an eighth shorter.
package final class SignatureStarts: Sendable {
    /// By `OperationName.index`.
    private let starts = Mutex<[SignatureStart?]>(Array(repeating: nil, count: OperationName.allCases.count))

    package init() {}

    package func start(
        _ signer: RequestSigner,
        _ operation: OperationName,
        authority: [UInt8],
        second: Int64
    ) -> SignatureStart {
        let known = starts.withLock { starts -> SignatureStart? in
            guard let start = starts[operation.index], start.second == second, start.signer === signer else {
                return nil
            }
            return start
        }
        if let known { return known }
        let made = signer.start(operation, authority: authority, second: second)
        starts.withLock { $0[operation.index] = made }
        return made
    }
}

/// What signatures of one second have in common.
final class SigningMoment: Sendable {
    let second: Int64
    /// From the end of the host to the value of the target, in the canonical request.
    let afterHost: [UInt8]
    /// The header lines, up to where the signature's digits begin.
    let lines: [UInt8]
    /// Has taken in the text to sign up to the canonical request's digest.
    let key: HMACKey
    private let date: String
    private let dayKey: HMACKey

    init(_ second: Int64, _ keys: SigningKeys, region: String, texts: SignedTexts, before: SigningMoment?) {
        let time = SigningTime(secondsSinceEpoch: second)
        let text = SignatureText(time: time, region: region, service: "dynamodb")
        self.second = second
        date = time.date
        var afterHost = "\nx-amz-date:\(time.timestamp)\n"
        var lines = "X-Amz-Date: \(time.timestamp)\r\n"
        if let token = keys.sessionToken {
            afterHost += "x-amz-security-token:\(token)\n"
            lines += "X-Amz-Security-Token: \(token)\r\n"
        }
        lines += "Authorization: "
        lines += text.authorization(accessKey: keys.accessKey, signedHeaders: texts.signedHeaders, signature: "")
        self.afterHost = Array((afterHost + "x-amz-target:").utf8)
        self.lines = Array(lines.utf8)
        dayKey =
            before.flatMap { $0.date == time.date ? $0.dayKey : nil }
            ?? HMACKey(RequestSigner.derive(keys.secretKey, text.keyDerivation))
        key = HMACKey(dayKey, prefix: Array(text.stringToSign(canonicalDigest: "").utf8))
    }
}

/// The parts of a canonical request that never change, with and without a session token.
struct SignedTexts: Sendable {
    static let beforeHost = Array("POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:".utf8)

    static let withoutToken = SignedTexts(signedHeaders: "content-type;host;x-amz-date;x-amz-target")
    static let withToken = SignedTexts(signedHeaders: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target")

    let signedHeaders: String
    /// The target's value and everything behind it, up to the body's digest; by `OperationName.index`.
    let fromTarget: [[UInt8]]

    private init(signedHeaders: String) {
        self.signedHeaders = signedHeaders
        fromTarget = OperationName.allCases.map { Array("\($0.target)\n\n\(signedHeaders)\n".utf8) }
    }
}
