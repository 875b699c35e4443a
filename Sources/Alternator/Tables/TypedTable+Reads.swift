public import AlternatorWire

extension TypedTable {
    /// The items of a partition in the order of their sort keys, all or those that meet a condition on the sort key.
    ///
    /// ```swift
    /// for try await order in orders.query("c1", .between(1, 100)).descending().limit(20) { … }
    /// ```
    public func query(
        _ partition: Item.PartitionKey,
        _ sort: SortCondition<Item.SortKey>? = nil
    ) -> Query<Item, Item> {
        Query(
            plan(.query) { (schema, plan) throws(AlternatorError) in
                let value = try partition.keyAttribute
                try ItemKeyValues.check(value, of: schema.partition.name, type: schema.partition.type)
                plan.partitionKey = value
                plan.keyCondition = Self.equal(schema.partition.name, value)
                if let sort, let name = schema.sort?.name, let node = sort.node(on: name) {
                    plan.keyCondition = .all(plan.keyCondition, node)
                }
            }
        )
    }

    /// The items of a partition of an index, in the order of the index's sort key.
    public func query<Partition, Sort>(
        _ index: SecondaryIndex<Item, Partition, Sort>,
        _ partition: Partition,
        _ sort: SortCondition<Sort>? = nil
    ) -> Query<Item, Item> {
        Query(
            plan(.query) { (schema, plan) throws(AlternatorError) in
                let indexSchema = try index.schema()
                let value = try partition.keyAttribute
                try ItemKeyValues.check(value, of: indexSchema.keys[0].name, type: indexSchema.keys[0].type)
                plan.index = index.name
                plan.isGlobalIndex = !index.isLocal
                plan.partitionKey = index.isLocal ? value : nil
                let indexNames = indexSchema.keys.map(\.name)
                plan.keyNames = indexNames + schema.keyNames.filter { !indexNames.contains($0) }
                plan.keyCondition = Self.equal(indexSchema.keys[0].name, value)
                if let sort, indexSchema.keys.count > 1, let node = sort.node(on: indexSchema.keys[1].name) {
                    plan.keyCondition = .all(plan.keyCondition, node)
                }
            }
        )
    }

    /// All items, in no order that means anything.
    public func scan() -> Scan<Item, Item> {
        Scan(plan(.scan) { (_, _) throws(AlternatorError) in })
    }

    /// All items of an index, which may be fewer than the table's.
    public func scan<Partition, Sort>(_ index: SecondaryIndex<Item, Partition, Sort>) -> Scan<Item, Item> {
        Scan(
            plan(.scan) { (schema, plan) throws(AlternatorError) in
                plan.index = index.name
                plan.isGlobalIndex = !index.isLocal
                let indexNames = try index.schema().keys.map(\.name)
                plan.keyNames = indexNames + schema.keyNames.filter { !indexNames.contains($0) }
            }
        )
    }

    /// The number of items, by a scan that sends numbers only; costs reading the table.
    public func count() async throws(AlternatorError) -> Int { try await scan().count() }

    private static func equal(_ name: String, _ value: AttributeValue) -> ConditionNode {
        .compare(.path([.name(name)]), "=", .value(value))
    }

    private func plan(
        _ operation: OperationName,
        _ fill: (ModelSchema<Item>, inout ReadPlan) throws(AlternatorError) -> Void
    ) -> ReadPlan {
        var plan = ReadPlan(operation, on: handle)
        do throws(AlternatorError) {
            let schema = try schema()
            plan.keyNames = schema.keyNames
            plan.dates = schema.dates
            try fill(schema, &plan)
        } catch {
            plan.failure = error
        }
        return plan
    }
}
