import AlternatorWire
import Testing

@testable import Alternator

/// What a condition or update is sent as: its text, and the placeholders as JSON.
struct Rendering: Equatable {
    var text: String?
    /// `{"ExpressionAttributeNames":…,"ExpressionAttributeValues":…}`, `{}` if there are none.
    var placeholders: String

    init(_ text: String?, _ placeholders: String) {
        self.text = text
        self.placeholders = placeholders
    }

    static func condition<Root>(
        _ condition: Condition<Root>,
        dates: DateForms = DateForms()
    ) throws(AlternatorError) -> Rendering {
        var writer = ExpressionWriter(dates: dates)
        let text = try writer.condition(condition.node)
        return Rendering(text, Self.placeholders(writer))
    }

    static func update<Root>(
        _ actions: [UpdateAction<Root>],
        dates: DateForms = DateForms()
    ) throws(AlternatorError) -> (rendering: Rendering, update: UpdateText) {
        var writer = ExpressionWriter(dates: dates)
        let update = try writer.update(actions.map(\.change))
        return (Rendering(update.expression, Self.placeholders(writer)), update)
    }

    static func placeholders(_ writer: ExpressionWriter) -> String {
        var json = JSONWriter()
        json.byte(UInt8(ascii: "{"))
        writer.appendPlaceholders(to: &json)
        json.byte(UInt8(ascii: "}"))
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// Builds the changes of an update closure, as the operations do.
func changes<Root>(of: Root.Type, @UpdateBuilder<Root> _ body: Changing<Root>) -> [UpdateAction<Root>] {
    body(Fields())
}
