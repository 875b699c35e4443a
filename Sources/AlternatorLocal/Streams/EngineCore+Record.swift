import AlternatorWire

extension EngineCore {
    /// Puts a change into the stream of its table.
    ///
    /// What changes nothing is no event. Images are stored as the view type wants them.
    func record(old: Item?, new: Item?, at key: RowKey, in table: TableDefinition) throws(LocalError) {
        guard let stream = table.stream, stream.isEnabled, old != new else { return }
        guard let present = new ?? old else { return }
        let name = old == nil ? "INSERT" : new == nil ? "REMOVE" : "MODIFY"
        let keys = present.filter { table.isKey($0.key) }
        var writer = JSONWriter(reserving: 512)
        writer.raw("{\"eventName\":\"\(name)\"")
        if isExpiring {
            writer.raw(",\"userIdentity\":{\"Type\":\"Service\",\"PrincipalId\":\"dynamodb.amazonaws.com\"}")
        }
        writer.raw(",\"change\":{\"Keys\":")
        writer.item(keys)
        if let new, stream.viewType == "NEW_IMAGE" || stream.viewType == "NEW_AND_OLD_IMAGES" {
            writer.raw(",\"NewImage\":")
            writer.item(new)
        }
        if let old, stream.viewType == "OLD_IMAGE" || stream.viewType == "NEW_AND_OLD_IMAGES" {
            writer.raw(",\"OldImage\":")
            writer.item(old)
        }
        writer.raw("}}")
        try store.append(writer.bytes, to: table.number, shard: StreamShard(token: key.token), at: settings.now())
    }
}
