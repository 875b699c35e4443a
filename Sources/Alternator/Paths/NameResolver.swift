import AlternatorWire
import Synchronization

/// Finds the attribute name of a key path's property.
///
/// A key path spells the stored property (SE-0369); the model's `CodingKeys` case of the same name has the attribute
/// name. The keys' type is learned by starting to decode the model with a decoder that throws at the first container
/// request, so no user code ever sees a made-up value. What cannot be found is an error with the property and the
/// remedy, never a guess.
///
/// Cost: under 1 µs for a key path seen before, tens of microseconds for the first of a type.
enum NameResolver {
    /// The element for one hop; `.unresolved` with the reason where the name cannot be told.
    static func element<Root: Decodable, Value>(_ keyPath: KeyPath<Root, Value>) -> PathElement {
        if Value.self == Extras.self {
            return .unresolved("Extras is no attribute; name one of those it keeps: $0.rest[\"color\"]")
        }
        let box = KeyPathBox(keyPath: keyPath)
        if let known = cache.withLock({ $0[box] }) { return .name(known) }
        switch resolve(keyPath) {
        case .success(let name):
            cache.withLock { $0[box] = name }
            return .name(name)
        case .failure(let problem):
            return .unresolved(problem.reason)
        }
    }

    /// Attribute names by property name, from a type's own `CodingKeys`; `nil` with a reason where they are not listable.
    static func attributeNames(of type: any Decodable.Type) -> Result<[String: String], Unresolvable> {
        let id = ObjectIdentifier(type)
        if let known = typeCache.withLock({ $0[id] }) { return .success(known) }
        let result = listNames(of: type)
        if case .success(let names) = result { typeCache.withLock { $0[id] = names } }
        return result
    }

    /// Why a name cannot be told.
    struct Unresolvable: Error {
        let reason: String
    }

    private static let cache = Mutex<[KeyPathBox: String]>([:])
    private static let typeCache = Mutex<[ObjectIdentifier: [String: String]]>([:])

    private static func resolve<Root: Decodable, Value>(
        _ keyPath: KeyPath<Root, Value>
    ) -> Result<String, Unresolvable> {
        if let type = Root.self as? any ExplicitNames.Type, let name = declaredName(type, keyPath) {
            return .success(name)
        }
        guard let spelled = propertyName(keyPath) else {
            return failure(
                keyPath,
                "is not one stored property (computed, wrapped, observed, or a chain)",
                type: Root.self
            )
        }
        guard let property = StoredFields.name(at: spelled, in: Root.self, of: Value.self) else {
            return failure(
                keyPath,
                "lies at the same place as another property of its type, so they cannot be told apart",
                type: Root.self
            )
        }
        switch attributeNames(of: Root.self) {
        case .success(let names):
            if let name = names[property] { return .success(name) }
            return failure(keyPath, "has no case of the same name in the CodingKeys of \(Root.self)", type: Root.self)
        case .failure(let problem):
            return failure(keyPath, problem.reason, type: Root.self)
        }
    }

    private static func declaredName<T: ExplicitNames>(_ type: T.Type, _ keyPath: AnyKeyPath) -> String? {
        type.attributeNames.name(of: keyPath)
    }

    private static func failure(
        _ keyPath: AnyKeyPath,
        _ reason: String,
        type: Any.Type
    ) -> Result<String, Unresolvable> {
        .failure(
            Unresolvable(
                reason: "no attribute name for \(keyPath.debugDescription) of \(type): it \(reason); "
                    + "give the name by hand: Path(\"name\", as: T.self), Path(keyPath, CodingKeys.x), or ExplicitNames"
            )
        )
    }

    /// The property spelled by a key path of one stored component; `nil` otherwise.
    static func propertyName(_ keyPath: AnyKeyPath) -> String? {
        let text = keyPath.debugDescription
        let prefix = "\\" + String(describing: type(of: keyPath).rootType) + "."
        guard text.hasPrefix(prefix) else { return nil }
        let name = text.dropFirst(prefix.count)
        guard !name.isEmpty, name != "self", !name.contains(where: { "<>.?!".contains($0) }) else { return nil }
        return String(name)
    }

    private static func listNames(of type: any Decodable.Type) -> Result<[String: String], Unresolvable> {
        guard EnumCases.isTrustworthy else {
            return .failure(
                Unresolvable(reason: "cannot be read in this build (reflection metadata is off or the ABI differs)")
            )
        }
        switch KeyCapture.of(type) {
        case .failure(let problem): return .failure(problem)
        case .success(let keys):
            // A flat composition asks for another type's container first; its case names say nothing about this type.
            guard String(reflecting: keys).hasPrefix(String(reflecting: type) + ".") else {
                return .failure(
                    Unresolvable(
                        reason: "is decoded by \(String(reflecting: keys)), not by CodingKeys nested in its type"
                    )
                )
            }
            guard let names = table(keys) else {
                return .failure(Unresolvable(reason: "has coding keys that are no plain enum (\(keys))"))
            }
            return .success(names)
        }
    }

    private static func table<Key: CodingKey>(_ type: Key.Type) -> [String: String]? {
        EnumCases.list(type).map { Dictionary($0.map { ($0.name, $0.value.stringValue) }) { first, _ in first } }
    }
}

/// A key path as a dictionary key.
///
/// Unchecked, because `AnyKeyPath` is not declared Sendable for the sake of captured subscript arguments; only paths of
/// one stored property and those a model declares are kept, which capture nothing and never change.
struct KeyPathBox: Hashable, @unchecked Sendable {
    let keyPath: AnyKeyPath
}

/// Learns a type's `CodingKeys` from the first container that its `init(from:)` asks for.
private enum KeyCapture {
    static func of(_ type: any Decodable.Type) -> Result<any CodingKey.Type, NameResolver.Unresolvable> {
        do {
            _ = try type.init(from: StoppingDecoder())
            return .failure(.init(reason: "is decoded without asking for any container"))
        } catch let found as Found {
            return .success(found.keys)
        } catch is NoKeys {
            return .failure(.init(reason: "is decoded from a single value or a list, so it has no attributes"))
        } catch {
            return .failure(.init(reason: "is decoded by an init that failed before asking for a container"))
        }
    }

    private struct Found: Error { let keys: any CodingKey.Type }
    private struct NoKeys: Error {}

    private struct StoppingDecoder: Decoder {
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            throw Found(keys: type)
        }
        func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoKeys() }
        func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NoKeys() }
    }
}
