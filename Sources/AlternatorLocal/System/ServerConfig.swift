/// What `.scylla.alternator.system.config` shows: options by name, values as they print there.
struct ServerConfig {
    struct Option {
        let type: String
        var value: String
    }

    private(set) var options: [String: Option]

    init(_ settings: EngineSettings) {
        func number(_ value: some Any) -> Option { Option(type: "integer", value: "\(value)") }
        func flag(_ value: Bool) -> Option { Option(type: "bool", value: "\(value)") }
        // Text prints with its quotes.
        func text(_ value: String) -> Option { Option(type: "string", value: "\"\(value)\"") }
        options = [
            "alternator_address": text("0.0.0.0"),
            "alternator_allow_system_table_write": flag(settings.allowsSystemTableWrites),
            "alternator_describe_endpoints": text(""),
            "alternator_describe_table_info_cache_validity_in_seconds": number(21600),
            "alternator_enforce_authorization": flag(settings.enforcesAuthorization),
            "alternator_force_read_before_write": flag(false),
            "alternator_http_response_disable_content_type_header": flag(false),
            "alternator_http_response_disable_date_header": flag(false),
            "alternator_http_response_server_header": text(""),
            "alternator_max_expression_cache_entries_per_shard": number(2000),
            "alternator_max_items_in_batch_write": number(settings.maximumBatchWrite),
            "alternator_response_compression_threshold_in_bytes": number(4096),
            "alternator_response_crc32_header": flag(false),
            "alternator_response_gzip_compression_level": number(6),
            "alternator_streams_increased_compatibility": flag(true),
            "alternator_streams_time_window_s": number(settings.streamsWindow / 1000),
            "alternator_timeout_in_ms": number(10000),
            "alternator_ttl_period_in_seconds": Option(type: "double", value: Self.seconds(settings.timeToLivePeriod)),
            "alternator_warn_authorization": flag(false),
            "alternator_write_isolation": text(settings.writeIsolation.rawValue),
            "cluster_name": text("alternator-local"),
            "query_tombstone_page_limit": number(10000),
            "rf_rack_valid_keyspaces": flag(false),
            "tablets_mode_for_new_keyspaces": text("enabled"),
            "vector_store_primary_uri": text(""),
        ]
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }

    func integer(_ name: String) -> Int? { options[name].flatMap { Int($0.value) } }

    func flag(_ name: String) -> Bool { options[name]?.value == "true" || options[name]?.value == "1" }

    /// A text option without its quotes.
    func text(_ name: String) -> String {
        let value = options[name]?.value ?? ""
        guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return value }
        return String(value.dropFirst().dropLast())
    }

    /// Changes one; `false` where there is none of that name.
    mutating func set(_ name: String, to value: String) -> Bool {
        guard var option = options[name] else { return false }
        // A text option shows its quotes whoever set it.
        let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        option.value = option.type == "string" && !isQuoted ? "\"\(value)\"" : value
        options[name] = option
        return true
    }
}
