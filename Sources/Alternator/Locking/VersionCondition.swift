import AlternatorWire

/// The condition that nobody wrote an item since it was read.
enum VersionCondition {
    /// The stored version is this one; with `nil`, that none is stored: for new items and those from before the model had one.
    static func node(_ version: Int?, _ name: String) -> ConditionNode {
        let path = Operand.Node.path([.name(name)])
        guard let version else { return .call("attribute_not_exists", [path]) }
        return .compare(path, "=", .value(version))
    }

    /// A failed version condition, under its own code.
    static func conflict(_ error: AlternatorError) -> AlternatorError {
        AlternatorError(
            .versionConflict,
            message: "The item was changed since it was read; read it again and repeat the change.",
            operation: error.operation,
            table: error.table,
            node: error.node,
            attempts: error.attempts,
            serviceType: error.serviceType,
            existingItem: error.existingItem,
            cause: error
        )
    }
}
