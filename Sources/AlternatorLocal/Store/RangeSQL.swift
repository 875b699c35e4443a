/// The SELECT that reads a range; one text per form of range, so that it is prepared once.
struct RangeSQL {
    enum Value {
        case integer(Int64)
        case blob([UInt8])
    }

    private(set) var text: String
    private(set) var values: [Value] = []
    private var conditions: [String] = []

    /// `withTombstones` adds a second column, 1 for a tombstone, whose first column is its key.
    init(_ range: RowRange, table: Int, index: Int?, withTombstones: Bool = false) {
        text = ""
        let from = range.isReversed ? "<" : ">"
        if let partition = range.partition {
            conditions += ["x.token = ?", "x.pk = ?"]
            values += [.integer(partition.token), .blob(partition.partition)]
            if let after = range.after {
                if index != nil, let base = range.afterBase {
                    conditions.append("(x.sk, x.bpk, x.bsk) \(from) (?, ?, ?)")
                    values += [.blob(after.sort), .blob(base.partition), .blob(base.sort)]
                } else {
                    conditions.append("x.sk \(from) ?")
                    values.append(.blob(after.sort))
                }
            }
        } else {
            if range.tokens.lowerBound > .min { compare("x.token >= ?", .integer(range.tokens.lowerBound)) }
            if range.tokens.upperBound < .max { compare("x.token <= ?", .integer(range.tokens.upperBound)) }
            if let after = range.after {
                values += [.integer(after.token), .blob(after.partition), .blob(after.sort)]
                if index != nil, let base = range.afterBase {
                    conditions.append("(x.token, x.pk, x.sk, x.bpk, x.bsk) \(from) (?, ?, ?, ?, ?)")
                    values += [.blob(base.partition), .blob(base.sort)]
                } else {
                    conditions.append("(x.token, x.pk, x.sk) \(from) (?, ?, ?)")
                }
            }
        }
        if let lower = range.lower { compare("x.sk \(lower.isInclusive ? ">=" : ">") ?", .blob(lower.bytes)) }
        if let upper = range.upper { compare("x.sk \(upper.isInclusive ? "<=" : "<") ?", .blob(upper.bytes)) }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        guard withTombstones else {
            text = Self.select(table: table, index: index) + filter
            text += " ORDER BY " + Self.order(inIndex: index != nil, reversed: range.isReversed)
            return
        }
        // Both halves come in key order, so SQLite merges them row by row.
        values += values
        text = "SELECT x.item, 0, x.token, x.pk, x.sk FROM rows\(table) x\(filter)"
        text += " UNION ALL SELECT x.key, 1, x.token, x.pk, x.sk FROM temp.graves\(table) x\(filter)"
        text += " ORDER BY " + (3...5).map { "\($0)\(range.isReversed ? " DESC" : "")" }.joined(separator: ", ")
    }

    private mutating func compare(_ condition: String, _ value: Value) {
        conditions.append(condition)
        values.append(value)
    }

    private static func select(table: Int, index: Int?) -> String {
        guard let index else { return "SELECT x.item FROM rows\(table) x" }
        // CROSS JOIN keeps the entries outside, so that their order is the order of the answer.
        return """
            SELECT b.item FROM entries\(index) x CROSS JOIN rows\(table) b \
            ON b.token = x.btoken AND b.pk = x.bpk AND b.sk = x.bsk
            """
    }

    private static func order(inIndex: Bool, reversed: Bool) -> String {
        let columns = inIndex ? ["token", "pk", "sk", "bpk", "bsk"] : ["token", "pk", "sk"]
        return columns.map { "x.\($0)\(reversed ? " DESC" : "")" }.joined(separator: ", ")
    }
}
