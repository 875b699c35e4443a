import AlternatorTransport
import AlternatorWire

/// The heads of requests, made once: what a request adds is the node's line, its length and, if signed, the signature.
///
/// ```
/// POST / HTTP/1.1␍␊Host: 10.0.0.1:8000␍␊          per node
/// X-Amz-Date: …␍␊Authorization: …␍␊               per request, if it is signed
/// X-Amz-Target: DynamoDB_20120810.PutItem␍␊…      per operation
/// …                                               per call
/// Content-Length: 123␍␊␍␊                         per request
/// ```
struct RequestHeads: Sendable {
    /// From `X-Amz-Target` to the headers that all calls have, by `OperationName.index`.
    private let perOperation: [[UInt8]]
    private let discoveryTail: [UInt8]
    /// What most calls send behind the signature, up to the length: for all operations in one array, as looking at one of
    /// many arrays would count it.
    private let usual: [UInt8]
    /// Where in `usual` an operation's part is, by `OperationName.index`.
    private let usualEnds: [Range<Int>]
    /// Asks for packed answers, by the client's configuration.
    let acceptLine: [UInt8]

    init(_ config: AlternatorConfig) {
        var common = ""
        if let agent = config.userAgent.value { common += "User-Agent: \(agent)\r\n" }
        // What discovery sends is not filtered: the specification leaves it alone.
        var discovery = common
        for (name, value) in config.additionalHeaders.sorted(by: { $0.key < $1.key }) {
            discovery += "\(name): \(value)\r\n"
            if config.sends(name) { common += "\(name): \(value)\r\n" }
        }
        acceptLine = Array(config.responseCompression.acceptLine.utf8)
        let perOperation = OperationName.allCases.map { operation in
            let text = "X-Amz-Target: \(operation.target)\r\nContent-Type: application/x-amz-json-1.0\r\n"
            return Array((text + common).utf8)
        }
        self.perOperation = perOperation
        var usual: [UInt8] = []
        var usualEnds: [Range<Int>] = []
        for part in perOperation {
            let whole = part + acceptLine + Self.contentLength
            usualEnds.append(usual.count..<usual.count + whole.count)
            usual += whole
        }
        self.usual = usual
        self.usualEnds = usualEnds
        discoveryTail = Array("\(discovery)Accept: application/json\r\n\r\n".utf8)
    }

    /// A whole head.
    ///
    /// - Parameters:
    ///   - call: what the call's attempts have in common.
    ///   - node: where it goes.
    ///   - signer: signs it; `nil`: it is not signed.
    ///   - second: the time of the signature.
    /// - Returns: everything up to and with the empty line.
    func head(_ call: OutgoingCall, to node: NodeHandle, signer: RequestSigner?, second: Int64) -> [UInt8] {
        let lines = call.isPacked ? call.lines + Self.contentEncoding : call.lines
        return head(call.operation, call.body, lines, to: node, signer, second)
    }

    /// The head of a call that overrides nothing and is not packed; `nil` for `start`: it is not signed.
    func head(_ operation: OperationName, _ body: [UInt8], to node: NodeHandle, _ start: SignatureStart?) -> [UInt8] {
        let end = usualEnds[operation.index]
        // With the length, at most 19 digits.
        let room = node.headPart.count + (start?.room ?? 0) + end.count + 23
        return ByteBuilder.array(capacity: room) { head in
            head.append(node.headPart)
            start?.sign(body, into: &head)
            head.append(usual, in: end)
            head.append(decimal: body.count)
            head.appendLineEnd()
            head.appendLineEnd()
        }
    }

    private func head(
        _ operation: OperationName,
        _ body: [UInt8],
        _ lines: [UInt8],
        to node: NodeHandle,
        _ signer: RequestSigner?,
        _ second: Int64
    ) -> [UInt8] {
        let operationPart = perOperation[operation.index]
        // With the length, at most 19 digits.
        var room = node.headPart.count + operationPart.count + lines.count + Self.contentLength.count + 23
        var signature: SignatureStart?
        if let signer {
            let start = node.signatures.start(signer, operation, authority: node.authority, second: second)
            room += start.room
            signature = start
        }
        return ByteBuilder.array(capacity: room) { head in
            head.append(node.headPart)
            signature?.sign(body, into: &head)
            head.append(operationPart)
            head.append(lines)
            head.append(Self.contentLength)
            head.append(decimal: body.count)
            head.appendLineEnd()
            head.appendLineEnd()
        }
    }

    private static let contentEncoding = Array("Content-Encoding: gzip\r\n".utf8)
    private static let contentLength = Array("Content-Length: ".utf8)

    /// `GET` of a path that is percent-encoded already.
    func discovery(path: String, authority: [UInt8]) -> OutgoingRequest {
        var head = Array("GET \(path) HTTP/1.1\r\nHost: ".utf8) + authority + [0x0D, 0x0A]
        head.append(contentsOf: discoveryTail)
        return OutgoingRequest(head: head, body: [])
    }
}

extension OperationName {
    /// The value of `X-Amz-Target`; the server looks only behind the dot, other implementations at all of it.
    var target: String {
        switch self {
        case .listStreams, .describeStream, .getShardIterator, .getRecords: "DynamoDBStreams_20120810." + rawValue
        default: "DynamoDB_20120810." + rawValue
        }
    }

    /// The position in `allCases`, without hashing the name.
    var index: Int {
        switch self {
        case .createTable: 0
        case .describeTable: 1
        case .deleteTable: 2
        case .updateTable: 3
        case .listTables: 4
        case .putItem: 5
        case .getItem: 6
        case .updateItem: 7
        case .deleteItem: 8
        case .batchGetItem: 9
        case .batchWriteItem: 10
        case .query: 11
        case .scan: 12
        case .tagResource: 13
        case .untagResource: 14
        case .listTagsOfResource: 15
        case .updateTimeToLive: 16
        case .describeTimeToLive: 17
        case .listStreams: 18
        case .describeStream: 19
        case .getShardIterator: 20
        case .getRecords: 21
        case .describeEndpoints: 22
        case .describeContinuousBackups: 23
        }
    }
}
