import AlternatorRouting
import AlternatorWire

extension ClientCore {
    /// The affinity mode of a table: the one wanted, or what `.automatic` finds out.
    func mode(of table: String, _ wanted: KeyAffinity.Mode) -> KeyAffinity.Mode {
        guard wanted == .automatic else { return wanted }
        return modes.mode(of: table) {
            Task { self.modes.decided(table, await self.lookUpMode(of: table)) }
        }
    }

    /// The table's tag `system:write_isolation`, else the server's setting, else `.rmw`; `nil` if nobody answers.
    private func lookUpMode(of table: String) async -> KeyAffinity.Mode? {
        do throws(AlternatorError) {
            let description = try await ask(.describeTable, table, body: TableAnswer.describeRequest(table))
            if case .string(let arn) = description?["Table"]?["TableArn"],
                let tags = try await ask(.listTagsOfResource, table, body: Self.tagsRequest(arn)),
                let mode = Self.isolation(inTags: tags)
            {
                return mode
            }
            return await serverMode(table) ?? .rmw
        } catch {
            // Neither the table nor a node is there now: the next request looks again.
            return nil
        }
    }

    /// What the nodes are configured with; roles that may not read it get `nil`.
    private func serverMode(_ table: String) async -> KeyAffinity.Mode? {
        do throws(AlternatorError) {
            let answer = try await ask(.query, table, body: Self.settingRequest)
            guard case .array(let items) = answer?["Items"],
                case .string(let value) = items.first?["value"]?["S"]
            else { return nil }
            // Text settings are printed as JSON strings, with quotes.
            return KeyAffinity.Mode(writeIsolation: value.filter { $0 != "\"" })
        } catch {
            return nil
        }
    }

    private func ask(
        _ operation: OperationName,
        _ table: String,
        body: [UInt8]
    ) async throws(AlternatorError) -> JSONValue? {
        var run = ownRun(
            EncodedRequest(operation, table: table, body: body, safety: .idempotent),
            policy: config.retry
        )
        let answer = try await attempts(&run, RequestOptions())
        var reader = answer.reader()
        return try? reader.readTree()
    }

    private static func tagsRequest(_ arn: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"ResourceArn\":")
        writer.string(arn)
        writer.raw("}")
        return writer.bytes
    }

    private static let settingRequest = Array(
        (##"{"TableName":".scylla.alternator.system.config","KeyConditionExpression":"#n = :n","##
            + ##""ExpressionAttributeNames":{"#n":"name"},"##
            + ##""ExpressionAttributeValues":{":n":{"S":"alternator_write_isolation"}}}"##).utf8
    )

    private static func isolation(inTags answer: JSONValue) -> KeyAffinity.Mode? {
        guard case .array(let tags) = answer["Tags"] else { return nil }
        for tag in tags where tag["Key"] == .string("system:write_isolation") {
            if case .string(let value) = tag["Value"] { return KeyAffinity.Mode(writeIsolation: value) }
        }
        return nil
    }
}
