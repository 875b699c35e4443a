import AlternatorTransport
import AlternatorWire

/// The heads of requests, made once: what a request adds is the node's line, its length and, if signed, the signature.
///
/// ```
/// POST / HTTP/1.1␍␊Host: 10.0.0.1:8000␍␊          per node
/// X-Amz-Target: DynamoDB_20120810.PutItem␍␊…      per operation
/// Content-Length: 123␍␊␍␊                         per request
/// ```
struct RequestHeads: Sendable {
    /// From `X-Amz-Target` to `Content-Length: `, by `OperationName.index`.
    private let perOperation: [[UInt8]]
    private let discoveryTail: [UInt8]

    init(_ config: AlternatorConfig) {
        var common = ""
        if let agent = config.userAgent.value { common += "User-Agent: \(agent)\r\n" }
        for (name, value) in config.additionalHeaders.sorted(by: { $0.key < $1.key }) {
            common += "\(name): \(value)\r\n"
        }
        perOperation = OperationName.allCases.map { operation in
            var text = "X-Amz-Target: \(operation.target)\r\nContent-Type: application/x-amz-json-1.0\r\n"
            text += common
            text += "Content-Length: "
            return Array(text.utf8)
        }
        discoveryTail = Array("\(common)Accept: application/json\r\n\r\n".utf8)
    }

    /// The first two lines of every request to a node.
    static func nodePart(authority: String) -> [UInt8] { Array("POST / HTTP/1.1\r\nHost: \(authority)\r\n".utf8) }

    /// A whole head.
    ///
    /// - Parameters:
    ///   - operation: names the target.
    ///   - nodePart: what the function of that name gave for the node.
    ///   - bodyLength: bytes that will follow.
    ///   - signature: header lines with their ends; empty for unsigned requests.
    /// - Returns: everything up to and with the empty line.
    func head(
        _ operation: OperationName,
        nodePart: [UInt8],
        bodyLength: Int,
        signature: [UInt8]
    ) -> [UInt8] {
        let operationPart = perOperation[operation.index]
        var head: [UInt8] = []
        head.reserveCapacity(nodePart.count + signature.count + operationPart.count + 24)
        head.append(contentsOf: nodePart)
        head.append(contentsOf: signature)
        head.append(contentsOf: operationPart)
        Self.append(bodyLength, to: &head)
        head.append(contentsOf: [0x0D, 0x0A, 0x0D, 0x0A])
        return head
    }

    /// `GET` of a path that is percent-encoded already.
    func discovery(path: String, authority: String) -> OutgoingRequest {
        var head = Array("GET \(path) HTTP/1.1\r\nHost: \(authority)\r\n".utf8)
        head.append(contentsOf: discoveryTail)
        return OutgoingRequest(head: head, body: [])
    }

    /// Decimal digits without a `String` between.
    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(number / divisor % 10))
            divisor /= 10
        }
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
