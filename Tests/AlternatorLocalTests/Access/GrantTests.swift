import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct GrantTests {
    private static let create = """
        {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
        "BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},
        "GlobalSecondaryIndexes":[{"IndexName":"byG","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"}}]}
        """

    /// An engine with a superuser `root` and a role `ann`, and the table above made by `root`.
    private func engine(path: String? = nil) throws -> Engine {
        var settings = EngineSettings()
        settings.path = path
        settings.roles = RoleBook(secrets: ["root": "s", "ann": "s"], superusers: ["root"])
        settings.checksGrants = true
        return try Engine(settings)
    }

    /// The type and message of the error; `nil` if it succeeds.
    private func error(_ engine: Engine, _ role: String, _ operation: String, _ body: String) throws -> LocalError? {
        let request = try LocalServer.tree(body)
        let name = try #require(OperationName(rawValue: operation))
        do throws(LocalError) {
            _ = try engine.perform(name, request, RequestContext(role: role))
            return nil
        } catch {
            return error
        }
    }

    private static let key = #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#
    private static let arn = "arn:scylla:alternator:alternator_users:scylla:table/users"
    private static let byG =
        #"{"TableName":"users","IndexName":"byG","KeyConditionExpression":"g = :g","#
        + #""ExpressionAttributeValues":{":g":{"S":"x"}}}"#

    private static let needs: [(String, String, LocalCluster.Permission, LocalCluster.Resource)] = [
        ("GetItem", key, .select, .table("users")), ("Scan", #"{"TableName":"users"}"#, .select, .table("users")),
        ("BatchGetItem", #"{"RequestItems":{"users":{"Keys":[{"id":{"S":"a"}}]}}}"#, .select, .table("users")),
        ("Query", byG, .select, .index("byG", table: "users")),
        ("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"}}}"#, .modify, .table("users")),
        ("UpdateItem", key, .modify, .table("users")), ("DeleteItem", key, .modify, .table("users")),
        (
            "BatchWriteItem", #"{"RequestItems":{"users":[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}}"#, .modify,
            .table("users")
        ),
        (
            "UpdateTable", #"{"TableName":"users","BillingMode":"PAY_PER_REQUEST"}"#, .alter, .table("users")
        ),
        (
            "UpdateTimeToLive",
            #"{"TableName":"users","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"t"}}"#, .alter,
            .table("users")
        ),
        ("TagResource", #"{"ResourceArn":"\#(arn)","Tags":[{"Key":"k","Value":"v"}]}"#, .alter, .table("users")),
        ("UntagResource", #"{"ResourceArn":"\#(arn)","TagKeys":["k"]}"#, .alter, .table("users")),
        ("DeleteTable", #"{"TableName":"users"}"#, .drop, .table("users")),
    ]

    @Test(arguments: needs)
    func `an operation needs its permission, and no other`(
        operation: String,
        body: String,
        permission: LocalCluster.Permission,
        resource: LocalCluster.Resource
    ) throws {
        let engine = try engine()
        #expect(try error(engine, "root", "CreateTable", Self.create) == nil)
        let others = Set(LocalCluster.Permission.allCases).subtracting([permission])
        try engine.withCore { (core) throws(LocalError) in try core.grant(others, on: resource, to: "ann") }
        let refused = try error(engine, "ann", operation, body)
        #expect(refused?.type == "AccessDeniedException")
        #expect(refused?.message.contains("\(permission.rawValue) access") == true)
        #expect(refused?.message.contains("ann") == true)
        try engine.withCore { (core) throws(LocalError) in try core.grant([permission], on: resource, to: "ann") }
        #expect(try error(engine, "ann", operation, body) == nil)
    }

    @Test func `tables are made by those who may, and are theirs`() throws {
        let engine = try engine()
        #expect(try error(engine, "ann", "CreateTable", Self.create)?.type == "AccessDeniedException")
        try engine.withCore { (core) throws(LocalError) in try core.grant([.create], on: .all, to: "ann") }
        #expect(try error(engine, "ann", "CreateTable", Self.create) == nil)
        for need in Self.needs { #expect(try error(engine, "ann", need.0, need.1) == nil, "\(need.0)") }
        // The last deleted the table, and with it what was granted on it.
        #expect(try error(engine, "root", "CreateTable", Self.create) == nil)
        #expect(try error(engine, "ann", "GetItem", Self.key)?.type == "AccessDeniedException")
    }

    @Test func `what is revoked is gone, and lists and descriptions need nothing`() throws {
        let engine = try engine()
        _ = try error(engine, "root", "CreateTable", Self.create)
        try engine.withCore { (core) throws(LocalError) in
            try core.grant([.select, .modify], on: .table("users"), to: "ann")
            try core.revoke([.select], on: .table("users"), from: "ann")
        }
        #expect(try error(engine, "ann", "GetItem", Self.key)?.type == "AccessDeniedException")
        #expect(try error(engine, "ann", "UpdateItem", Self.key) == nil)
        #expect(try error(engine, "ann", "ListTables", "{}") == nil)
        #expect(try error(engine, "ann", "DescribeTable", #"{"TableName":"users"}"#) == nil)
    }

    @Test func `secrets and grants are shown to superusers only`() throws {
        let engine = try engine()
        for table in ["roles", "role_permissions"] {
            let scan = #"{"TableName":".scylla.alternator.system.\#(table)"}"#
            #expect(try error(engine, "ann", "Scan", scan)?.type == "AccessDeniedException")
            #expect(try error(engine, "root", "Scan", scan) == nil)
        }
    }

    @Test func `grants are kept in a data file`() throws {
        try withTemporaryFile { path in
            do {
                let engine = try engine(path: path)
                _ = try error(engine, "root", "CreateTable", Self.create)
                try engine.withCore { (core) throws(LocalError) in
                    try core.grant([.select], on: .index("byG", table: "users"), to: "ann")
                    try core.grant([.drop], on: .all, to: "ann")
                }
            }
            let engine = try engine(path: path)
            #expect(try error(engine, "ann", "Query", Self.byG) == nil)
            #expect(try error(engine, "ann", "GetItem", Self.key)?.type == "AccessDeniedException")
            #expect(try error(engine, "ann", "DeleteTable", #"{"TableName":"users"}"#) == nil)
        }
    }
}
