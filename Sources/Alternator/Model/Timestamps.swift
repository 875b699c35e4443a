import AlternatorWire
public import FoundationEssentials

/// A model whose items carry the time they were created and the time they were last written.
///
/// ```swift
/// struct Order: TimestampedItem {
///     var id: String
///     var created: Date?
///     var updated: Date?
///     static let primaryKey = PrimaryKey(\Order.id)
///     static let timestamps = Timestamps<Order>(created: .init(\.created), updated: .init(\.updated))
/// }
/// ```
///
/// Every write through this package sets `updated` to the clock of the table (`with(clock:)`), else of the resource.
/// `created` is set once: `insert` and a first `save` set it, unless an optional property brings a value; `put` keeps the
/// value of the property, and sets it where that is `nil`; `update` sends `if_not_exists(created, :now)`. A `put` of a
/// value that was made anew has lost the old time: read it first, or use `update`.
///
/// With `created` an update reads the item, which costs a lightweight transaction on most tables; `updated` does not.
public protocol TimestampedItem: TableItem {
    /// Which properties hold the times, and in which form.
    static var timestamps: Timestamps<Self> { get }
}

/// Which attributes hold the times of an item's writes.
public struct Timestamps<Root: Codable & Sendable>: Sendable {
    let created: TimestampAttribute<Root>?
    let updated: TimestampAttribute<Root>?
    let format: TimestampFormat

    /// - Parameters:
    ///   - created: the time of the first write; `nil` for none.
    ///   - updated: the time of the last write; `nil` for none.
    ///   - format: how both are stored.
    public init(
        created: TimestampAttribute<Root>? = nil,
        updated: TimestampAttribute<Root>? = nil,
        format: TimestampFormat = .seconds
    ) {
        self.created = created
        self.updated = updated
        self.format = format
    }
}

/// How a timestamp is stored.
public struct TimestampFormat: Sendable, Hashable {
    let form: DateForm

    /// N, whole seconds since 1970; for `Date` and `Int` properties.
    public static let seconds = TimestampFormat(form: .wholeSeconds)
    /// N, whole milliseconds since 1970; for `Date` and `Int` properties.
    public static let milliseconds = TimestampFormat(form: .milliseconds)
    /// S of fixed width, so that text order is time order: `2026-01-31T23:59:59.123Z`; for `Date` and `String` properties.
    public static let iso8601 = TimestampFormat(form: .iso8601)
}

/// The property of a timestamp.
public struct TimestampAttribute<Root: Codable & Sendable>: Sendable {
    enum Kind: Sendable { case date, number, text }

    /// What a property holds, to be written in the form of the timestamp.
    enum Content: Sendable {
        case date(Date)
        case number(Int)
        case text(String)
    }

    let path: Path<Root, Date?>
    let kind: Kind
    let isOptional: Bool
    let read: @Sendable (Root) -> Content?

    /// A date.
    public init(_ property: any KeyPath<Root, Date> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .date
        isOptional = false
        read = { .date($0[keyPath: property]) }
    }

    /// A date, `nil` before the item was written.
    public init(_ property: any KeyPath<Root, Date?> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .date
        isOptional = true
        read = { $0[keyPath: property].map { .date($0) } }
    }

    /// The stored number.
    public init(_ property: any KeyPath<Root, Int> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .number
        isOptional = false
        read = { .number($0[keyPath: property]) }
    }

    /// The stored number, `nil` before the item was written.
    public init(_ property: any KeyPath<Root, Int?> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .number
        isOptional = true
        read = { $0[keyPath: property].map { .number($0) } }
    }

    /// The stored text.
    public init(_ property: any KeyPath<Root, String> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .text
        isOptional = false
        read = { .text($0[keyPath: property]) }
    }

    /// The stored text, `nil` before the item was written.
    public init(_ property: any KeyPath<Root, String?> & Sendable) {
        path = Path(elements: Path(property).elements)
        kind = .text
        isOptional = true
        read = { $0[keyPath: property].map { .text($0) } }
    }
}

/// How a write treats the timestamps.
enum WritePurpose {
    /// The item is new: `created` is now.
    case insert
    /// The item may have been there before: `created` is what the model says.
    case put
}

/// Timestamps with their names told.
struct StampPlan<Item: Codable & Sendable>: Stamping {
    private struct Stamp: Sendable {
        let name: String
        let attribute: TimestampAttribute<Item>
    }
    private let created: Stamp?
    private let updated: Stamp?
    let form: DateForm

    init(_ timestamps: Timestamps<Item>) throws(AlternatorError) {
        form = timestamps.format.form
        created = try Self.stamp(timestamps.created, "created", timestamps.format.form)
        updated = try Self.stamp(timestamps.updated, "updated", timestamps.format.form)
        guard created == nil || created?.name != updated?.name else {
            throw AlternatorError(
                .mapping,
                message: "\(Item.self) declares one attribute for the times of creation and of the last write."
            )
        }
    }

    private static func stamp(
        _ attribute: TimestampAttribute<Item>?,
        _ what: String,
        _ form: DateForm
    ) throws(AlternatorError) -> Stamp? {
        guard let attribute else { return nil }
        let name = try attribute.path.topLevelName(of: "The \(what) timestamp of \(Item.self)")
        let fits =
            switch attribute.kind {
            case .date: true
            case .number: form != .iso8601
            case .text: form == .iso8601
            }
        guard fits else {
            throw AlternatorError(
                .mapping,
                message:
                    "The \(what) timestamp of \(Item.self) is stored as \(form == .iso8601 ? "text" : "a number"), "
                    + "which its property cannot hold; make it a Date."
            )
        }
        return Stamp(name: name, attribute: attribute)
    }

    /// The names, for what is the model's own.
    var names: [String] { [created, updated].compactMap { $0?.name } }

    /// Attributes that hold milliseconds but are read into a `Date`, which is made from seconds.
    var namesToScale: [String] {
        guard form == .milliseconds else { return [] }
        return [created, updated].compactMap { stamp in
            stamp.flatMap { if case .date = $0.attribute.kind { $0.name } else { nil } }
        }
    }

    func values(
        of item: any Encodable,
        _ purpose: WritePurpose,
        _ now: Date
    ) throws(AlternatorError) -> [(name: String, value: AttributeValue?)] {
        guard let item = item as? Item else { return [] }
        var values: [(name: String, value: AttributeValue?)] = []
        if let updated { values.append((updated.name, try form.attribute(now))) }
        if let created { values.append((created.name, try time(of: created.attribute, item, purpose, now))) }
        return values
    }

    private func time(
        of attribute: TimestampAttribute<Item>,
        _ item: Item,
        _ purpose: WritePurpose,
        _ now: Date
    ) throws(AlternatorError) -> AttributeValue {
        if purpose == .insert, !attribute.isOptional { return try form.attribute(now) }
        switch attribute.read(item) {
        case nil: return try form.attribute(now)
        case .date(let date): return try form.attribute(date)
        case .number(let number): return .number(AttributeNumber(number))
        case .text(let text): return .string(text)
        }
    }

    func changes(beside changes: [Change], _ now: Date) throws(AlternatorError) -> [Change] {
        func isSet(_ name: String) -> Bool { changes.contains { $0.path.first == .name(name) } }
        let value = try form.attribute(now)
        var stamps: [Change] = []
        if let updated, !isSet(updated.name) {
            stamps.append(Change(path: [.name(updated.name)], kind: .set(.value(value))))
        }
        if let created, !isSet(created.name) {
            let path: [PathElement] = [.name(created.name)]
            stamps.append(Change(path: path, kind: .set(.call("if_not_exists", [.path(path), .value(value)]))))
        }
        return stamps
    }
}
