/// What the server makes of conditions, updates, projections and key conditions, old style and new.
///
/// Pure: requests come as `JSONValue`, items as `[String: ItemValue]`; nothing is stored and nothing waits.
/// One value per request reads all parameters that concern it, in the order of a real node, and knows afterwards
/// whether the request is a read-modify-write:
///
/// ```swift
/// // PutItem, DeleteItem: Expected, ConditionalOperator, ConditionExpression, ReturnValues, both placeholder maps
/// let write = try ConditionalWrite(request: json, operation: "PutItem")
/// if write.readsItem, isolation == .forbid { throw Evaluate.forbiddenReadModifyWrite }
/// guard try write.condition.holds(for: old) else { throw .conditionFailed(item: write.failureItem(old)) }
/// let attributes = write.returnValues == .allOld ? old : nil
///
/// // UpdateItem: the same, and UpdateExpression or AttributeUpdates
/// let update = try UpdateWrite(request: json, keyNames: ["p", "c"])
/// guard try update.condition.holds(for: old) else { throw .conditionFailed(item: update.failureItem(old)) }
/// var item = old                                       // nil where there is none
/// let touched = try update.plan.apply(to: &item, key: key)   // nil again after removals from a missing item
/// let attributes = update.attributes(touched, old: old, new: item)   // for all five ReturnValues; nil: no member
///
/// // GetItem, one table of BatchGetItem
/// let projection = try Projection(ofGetRequest: json)
/// answer["Item"] = projection.apply(to: item)
///
/// // Query and Scan, in this order
/// var names = Placeholders(request: json)
/// let key = try KeyCondition(request: json, hash: hash, sort: sort, placeholders: &names)       // Query only
/// let filter = try ItemFilter(request: json, of: .query(keyNames: ["p", "c"]), placeholders: &names)
/// let projection = try Projection(request: json, countOnly: select == .count, placeholders: &names)
/// try names.checkAllUsed(by: "Query")
/// if try filter.accepts(item) { items.append(projection.apply(to: item)) }
///
/// // values and keys of a request
/// let value = try ServerValue.parse(json, source: "Item")
/// let hash = KeyColumn(name: "p", type: .string)
/// let keyValue = try hash.value(of: json["Key"]?["p"])
/// ```
///
/// Strings are compared, ordered and searched as UTF-8 bytes, as a node does, never by Unicode equivalence.
package enum Evaluate {
    /// The refusal of a read-modify-write by the policy `forbid_rmw`.
    package static var forbiddenReadModifyWrite: LocalError {
        .validation(
            "Read-modify-write operations are disabled by the 'forbid_rmw' write isolation policy of this table."
        )
    }

    /// Refuses attribute names over 65,535 bytes (255 for keys).
    ///
    /// - Parameters:
    ///   - name: the attribute's name.
    ///   - source: the parameter it came in, for the message.
    ///   - isKey: whether it names a key of a table or index.
    /// - Throws: a validation error that names the limit.
    package static func checkName(_ name: String, source: String, isKey: Bool = false) throws(LocalError) {
        let maximum = isKey ? 255 : 65_535
        guard name.utf8.count <= maximum else {
            throw .validation("\(source): Attribute name is too large, must be less than \(maximum + 1) bytes")
        }
    }
}
