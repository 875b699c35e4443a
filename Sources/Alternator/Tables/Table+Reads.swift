public import AlternatorWire

// MARK: - Query and scan

extension Table {
    /// The items with this partition key, or with this partition and sort key; of an index, if it is named.
    public func query<Item: Decodable>(
        _ type: Item.Type,
        key: ItemKey,
        index: String? = nil
    ) -> Query<Item, Item> {
        Query(queryPlan(key, index).reading(type))
    }

    /// The items with this key as attributes.
    public func query(key: ItemKey, index: String? = nil) -> Query<UntypedItem, [String: AttributeValue]> {
        Query(queryPlan(key, index))
    }

    /// The items whose key meets a condition: `{ $0.customer == id && $0.number.between(1, 9) }`.
    ///
    /// `matching` becomes the key condition: the partition key must be equal to something, the sort key may be compared.
    /// `where` stays the filter.
    public func query<Item: Codable>(
        _ type: Item.Type,
        matching keys: When<Item>,
        index: String? = nil
    ) -> Query<Item, Item> {
        Query(queryPlan(keys(Fields()).node, index).reading(type))
    }

    /// The same with attributes: `{ $0["pk"] == "c1" && $0["sk"] > 3 }`.
    public func query(
        matching keys: When<UntypedItem>,
        index: String? = nil
    ) -> Query<UntypedItem, [String: AttributeValue]> {
        Query(queryPlan(keys(Fields()).node, index))
    }

    /// All items as `type`.
    public func scan<Item: Decodable>(_ type: Item.Type) -> Scan<Item, Item> {
        Scan(ReadPlan(.scan, on: handle).reading(type))
    }

    /// All items as attributes.
    public func scan() -> Scan<UntypedItem, [String: AttributeValue]> { Scan(ReadPlan(.scan, on: handle)) }

    /// The number of items, by a scan that sends numbers only; costs reading the table.
    public func count() async throws(AlternatorError) -> Int { try await scan().count() }

    private func queryPlan(_ key: ItemKey, _ index: String?) -> ReadPlan {
        var plan = ReadPlan(.query, on: handle, index: index)
        do throws(AlternatorError) {
            let key = try key.checked()
            plan.partitionKey = index == nil ? handle.partitionKey(of: key) : nil
            for attribute in key.attributes {
                let equal = ConditionNode.compare(.path([.name(attribute.name)]), "=", .value(attribute.value))
                plan.keyCondition = .all(plan.keyCondition, equal)
            }
        } catch {
            plan.failure = error
        }
        return plan
    }

    private func queryPlan(_ condition: ConditionNode, _ index: String?) -> ReadPlan {
        var plan = ReadPlan(.query, on: handle, index: index)
        plan.keyCondition = condition
        if condition.isAlways {
            plan.failure = AlternatorError(
                .mapping,
                message: "A query needs a condition on the partition key; to read everything, use scan."
            )
        }
        if index == nil, let keyName = handle.knownPartitionKey {
            plan.partitionKey = condition.valueEqual(to: keyName)
        }
        return plan
    }
}

extension ReadPlan {
    /// The same with dates in the forms that a model declares.
    func reading<Item>(_ type: Item.Type) -> ReadPlan {
        var plan = self
        do throws(AlternatorError) {
            plan.dates = try ReadTraits.dates(of: type)
        } catch {
            plan.failure = plan.failure ?? error
        }
        return plan
    }
}

extension ConditionNode {
    /// The value that the attribute must be equal to, if this condition says so.
    fileprivate func valueEqual(to name: String) -> AttributeValue? {
        switch self {
        case .compare(.path([.name(name)]), "=", .value(let value)):
            try? ItemEncoder().attribute(of: value)
        case .and(let parts, _):
            parts.lazy.compactMap { $0.valueEqual(to: name) }.first
        default: nil
        }
    }
}
