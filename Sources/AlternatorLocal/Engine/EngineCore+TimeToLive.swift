import AlternatorWire

extension EngineCore {
    func updateTimeToLive(_ request: JSONValue) throws(LocalError) -> Answer {
        guard let specification = request["TimeToLiveSpecification"], case .object = specification else {
            throw .validation("UpdateTimeToLive missing mandatory TimeToLiveSpecification")
        }
        guard case .bool(let isEnabled) = specification["Enabled"] else {
            throw .validation("UpdateTimeToLive requires boolean Enabled")
        }
        guard let attribute = specification["AttributeName"]?.text else {
            throw .validation("UpdateTimeToLive requires string AttributeName")
        }
        guard (1...255).contains(attribute.utf8.count) else {
            throw .validation("The length of AttributeName must be between 1 and 255")
        }
        var table = try table(of: request)
        try check(.alter, on: .table(table.name))
        if isEnabled {
            guard table.ttlAttribute == nil else { throw .validation("TTL is already enabled") }
            table.ttlAttribute = attribute
        } else {
            guard let current = table.ttlAttribute else { throw .validation("TTL is already disabled") }
            guard current == attribute else {
                throw .validation(
                    "Requested to disable TTL on attribute \(attribute), but a different attribute \(current) is enabled."
                )
            }
            table.ttlAttribute = nil
        }
        try save(table)
        return Answer(.object([.init("TimeToLiveSpecification", specification)]))
    }

    func describeTimeToLive(_ request: JSONValue) throws(LocalError) -> Answer {
        let table = try table(of: request)
        var members: [JSONValue.Member] = [
            .init("TimeToLiveStatus", .string(table.ttlAttribute == nil ? "DISABLED" : "ENABLED"))
        ]
        if let attribute = table.ttlAttribute { members.append(.init("AttributeName", .string(attribute))) }
        return Answer(.object([.init("TimeToLiveDescription", .object(members))]))
    }

    /// Removes items whose time is over, `maximum` at most per table.
    ///
    /// An item expires if its attribute is a number that is not above now and not over five years old; fractions of
    /// a second are cut off.
    func expireItems(maximum: Int = 10_000) throws(LocalError) {
        let now = settings.now() / 1000
        isExpiring = true
        defer { isExpiring = false }
        for table in tables.values {
            if table.stream != nil {
                // A stream keeps a day.
                try store.forgetChanges(of: table.number, before: settings.now() - 86_400_000)
            }
            guard let attribute = table.ttlAttribute else { continue }
            var expired: [(key: RowKey, item: Item)] = []
            try store.readAll(in: table.number) { (key, row) throws(LocalError) in
                guard expired.count < maximum else { return }
                let item = try StoredItem.decode(row)
                if Self.isExpired(item[attribute], now: now) { expired.append((key, item)) }
            }
            for each in expired {
                let key = StoredItem.encode(each.item.filter { table.isKey($0.key) })
                try write(.delete(key: key), old: each.item, at: each.key, in: table)
            }
        }
    }

    static func isExpired(_ value: ItemValue?, now: Int64) -> Bool {
        guard case .number(let number)? = value else { return false }
        let whole = number.canonical.prefix { $0 != "." }
        guard let time = Int64(whole) else { return false }
        return time <= now && time >= now - 5 * 365 * 86_400
    }
}
