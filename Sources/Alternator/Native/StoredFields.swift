// The second half of this module's unsafe code. `AnyKeyPath.debugDescription` finds a property's name by its offset,
// and fields without size (an enum of one case, an empty struct) share their offset with the field behind them: for
// `struct S { var kind: OneCase; var id: Int }` it spells `\S.id` as `\S.kind`. So the fields at the offset are listed
// and told apart by their types; what stays ambiguous is refused.

@_spi(Reflection) private import Swift

/// The stored properties of a struct or class as the runtime knows them.
enum StoredFields {
    /// The one property of type `Value` that lies where the property called `name` lies; `nil` if there is none or
    /// more than one.
    static func name<Value>(at name: String, in type: Any.Type, of value: Value.Type) -> String? {
        let fields = list(type)
        guard let offset = fields.first(where: { $0.name == name })?.offset else { return nil }
        let candidates = fields.filter { $0.offset == offset && $0.type == value }
        return candidates.count == 1 ? candidates[0].name : nil
    }

    /// Whether one of the stored properties is of type `Value`.
    static func hasField<Value>(of value: Value.Type, in type: Any.Type) -> Bool {
        list(type).contains { $0.type == value }
    }

    private static func list(_ type: Any.Type) -> [(name: String, offset: Int, type: Any.Type)] {
        var fields: [(name: String, offset: Int, type: Any.Type)] = []
        // `.classType`, which the library declares as a `static var` and so cannot be named here.
        let options = _EachFieldOptions(rawValue: type is AnyClass ? 1 : 0)
        // It stops early where the runtime has no reflection data; then nothing is found, and the name is refused.
        _ = unsafe _forEachField(of: type, options: options) { name, offset, type, _ in
            unsafe fields.append((String(cString: name), offset, type))
            return true
        }
        return fields
    }
}
