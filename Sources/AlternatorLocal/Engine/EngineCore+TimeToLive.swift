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
}
