import AlternatorWire

/// A batch of which only the first half is performed.
struct PartialBatch {
    /// What is performed.
    let performed: JSONValue
    /// What goes into UnprocessedItems or UnprocessedKeys.
    let left: JSONValue
    let answerMember: String

    /// Divides a batch; `nil` for a request that is none, or has one element only.
    init?(_ request: JSONValue, operation: String) {
        guard let members = request.members, let tables = request["RequestItems"]?.members else { return nil }
        let isRead = operation == "BatchGetItem"
        answerMember = isRead ? "UnprocessedKeys" : "UnprocessedItems"
        let total = tables.reduce(0) { $0 + (Self.list($1.value, isRead)?.count ?? 0) }
        guard total > 1 else { return nil }
        var wanted = (total + 1) / 2
        var first: [JSONValue.Member] = []
        var second: [JSONValue.Member] = []
        for table in tables {
            guard let list = Self.list(table.value, isRead) else { return nil }
            let now = list.prefix(wanted)
            let later = list.dropFirst(now.count)
            wanted -= now.count
            if !now.isEmpty { first.append(.init(table.name, Self.with(Array(now), table.value, isRead))) }
            if !later.isEmpty { second.append(.init(table.name, Self.with(Array(later), table.value, isRead))) }
        }
        performed = .object(
            members.map { $0.name == "RequestItems" ? .init($0.name, .object(first)) : $0 }
        )
        left = .object(second)
    }

    private static func list(_ table: JSONValue, _ isRead: Bool) -> [JSONValue]? {
        isRead ? table["Keys"]?.elements : table.elements
    }

    private static func with(_ list: [JSONValue], _ table: JSONValue, _ isRead: Bool) -> JSONValue {
        guard isRead else { return .array(list) }
        return .object((table.members ?? []).map { $0.name == "Keys" ? .init("Keys", .array(list)) : $0 })
    }

    /// The answer with what was left put in.
    func complete(_ answer: Answer) -> Answer {
        var reader = JSONReader(answer.body)
        guard let members = (try? reader.readTree())?.members else { return answer }
        return Answer(.object(members.map { $0.name == answerMember ? .init($0.name, left) : $0 }))
    }
}
