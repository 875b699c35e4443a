import AlternatorWire
import Testing

@Suite struct ServiceErrorTests {
    private func read(_ status: Int, _ text: String) -> ServiceError {
        ServiceError(status: status, bytes: Array(text.utf8))
    }

    @Test func `Alternator's form is read`() {
        let error = read(
            400,
            ##"{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"Bad \"x\""}"##
        )
        #expect(error.type == "ValidationException")
        #expect(error.message == #"Bad "x""#)
        #expect(error.item == nil)
        #expect(error.errorClass == .final)
    }

    @Test(arguments: [
        ##"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"m"}"##,
        #"{"__type":"ResourceNotFoundException","Message":"m"}"#,
        #"{"message":"m","code":"ResourceNotFoundException"}"#,
        #"{"Message":"m","Code":"ResourceNotFoundException","Type":"Sender"}"#,
        #"{"Type":"ResourceNotFoundException","message":"m"}"#,
        ##"{"__type":"a.b#ResourceNotFoundException:http://example.com/x#y","code":"Other","message":"m"}"##,
        ##"{"code":"Other","message":"m","new":[{}],"__type":"#ResourceNotFoundException"}"##,
    ])
    func `the type is found in all its places`(text: String) {
        let error = read(400, text)
        #expect(error.type == "ResourceNotFoundException")
        #expect(error.message == "m")
        #expect(error.alternatorError().code == .tableNotFound)
    }

    @Test(arguments: [
        ("ValidationException", AlternatorError.Code.validation),
        ("SerializationException", .validation),
        ("ResourceNotFoundException", .tableNotFound),
        ("TableNotFoundException", .tableNotFound),
        ("ResourceInUseException", .tableInUse),
        ("ConditionalCheckFailedException", .conditionFailed),
        ("RequestLimitExceeded", .throttled),
        ("ThrottlingException", .throttled),
        ("ProvisionedThroughputExceededException", .throttled),
        ("PayloadTooLarge", .payloadTooLarge),
        ("UnknownOperationException", .unsupportedByServer),
        ("AccessDeniedException", .accessDenied),
        ("InvalidSignatureException", .signature),
        ("UnrecognizedClientException", .signature),
        ("MissingAuthenticationTokenException", .signature),
        ("LimitExceededException", .service),
        ("ExpiredIteratorException", .service),
        ("TrimmedDataAccessException", .service),
        ("SomethingNew", .service),
    ])
    func `every type has its code and keeps its name`(type: String, code: AlternatorError.Code) {
        let error = read(400, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#\(type)\",\"message\":\"Said.\"}")
            .alternatorError(operation: "PutItem", table: "t", node: "n:1", attempts: 2)
        #expect(error.code == code)
        #expect(error.serviceType == type)
        #expect(error.operation == "PutItem")
        #expect(error.table == "t")
        #expect(error.node == "n:1")
        #expect(error.attempts == 2)
        #expect(error.message.hasPrefix("Said."))
    }

    @Test func `an internal error is a fault of the server`() {
        let error = read(
            500,
            ##"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"timeout"}"##
        )
        #expect(error.errorClass == .serverFault)
        #expect(error.alternatorError().code == .service)
        #expect(error.alternatorError().message == "timeout")
    }

    @Test(arguments: [500, 502, 503, 504])
    func `a fault is known by its status alone`(status: Int) {
        #expect(read(status, "<html>Bad gateway</html>").errorClass == .serverFault)
        #expect(read(status, "").errorClass == .serverFault)
    }

    @Test(arguments: [400, 401, 403, 404, 413, 301, 501, 505])
    func `other statuses are final`(status: Int) {
        #expect(read(status, "").errorClass == .final)
    }

    @Test func `shed load is known though it is a 400`() {
        let shed = read(400, ##"{"__type":"com.amazonaws.dynamodb.v20120810#RequestLimitExceeded","message":"m"}"##)
        #expect(shed.errorClass == .retryableElsewhere)
        #expect(read(503, #"{"__type":"ThrottlingException"}"#).errorClass == .retryableElsewhere)
        #expect(read(429, "").errorClass == .retryableElsewhere)
        #expect(read(429, "").alternatorError().code == .throttled)
    }

    @Test(arguments: [
        (401, AlternatorError.Code.accessDenied), (403, .accessDenied), (413, .payloadTooLarge),
        (404, .protocolViolation),
        (302, .protocolViolation), (400, .protocolViolation), (500, .service), (503, .service),
    ])
    func `without a type the status decides`(status: Int, code: AlternatorError.Code) {
        #expect(read(status, "").alternatorError().code == code)
        #expect(read(status, "<!DOCTYPE html><p>secret").alternatorError().code == code)
        #expect(!read(status, "<!DOCTYPE html><p>secret").alternatorError().message.contains("secret"))
    }

    // What a node answers for a path it does not know.
    @Test func `a 404 of the web server says that it is not Alternator`() {
        let error = read(404, #"{"message": "Not found", "code": 404}"#)
        #expect(error.type == nil)
        #expect(error.message == "Not found")
        #expect(error.alternatorError().code == .protocolViolation)
        #expect(error.alternatorError().message.contains("Check that the port is Alternator's"))
    }

    @Test func `a failed condition brings the item`() {
        let text = """
            {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",\
            "message":"The conditional request failed","Item":{"id":{"S":"secret"},"n":{"N":"1"}}}
            """
        let error = read(400, text).alternatorError(operation: "PutItem")
        #expect(error.code == .conditionFailed)
        #expect(error.existingItem == ["id": .string("secret"), "n": number("1")])
        #expect(!error.description.contains("secret"))
    }

    @Test func `an item that cannot be read does not hide the error`() {
        let text = #"{"Item":{"id":{"S":3}},"__type":"x#ConditionalCheckFailedException","message":"m"}"#
        let error = read(400, text)
        #expect(error.type == "ConditionalCheckFailedException")
        #expect(error.item == nil)
    }

    @Test func `a path below a missing map gets a hint`() {
        let error = read(
            400,
            ##"{"__type":"x#ValidationException","message":"The document path provided is invalid for update"}"##
        ).alternatorError()
        #expect(error.code == .validation)
        #expect(error.message.hasPrefix("The document path provided is invalid for update. A member can only be set"))
    }

    @Test(arguments: [
        "UpdateExpression: the document path is not valid for this item: a.b",
        "UpdateExpression: a document path is not valid for this item", "a document path: attribute a is missing",
        "UpdateItem cannot update a document path: attribute a is missing",
        "UpdateItem cannot update a nested document path of a non-existent item",
    ])
    func `every spelling of a missing map gets its hint`(words: String) {
        let error = read(400, ##"{"__type":"x#ValidationException","message":"\##(words)"}"##).alternatorError()
        #expect(error.message.contains("set the whole map in an update before"))
    }

    @Test(arguments: [
        "Invalid UpdateExpression: two document paths overlap at a",
        "Invalid UpdateExpression: Two document paths overlap with each other; path one: [a], path two: [a, b]",
        "Invalid UpdateExpression: two document paths conflict at a",
    ])
    func `paths in each other's way are not taken for a missing map`(words: String) {
        let error = read(400, ##"{"__type":"x#ValidationException","message":"\##(words)"}"##).alternatorError()
        #expect(!error.message.contains("set the whole map"))
        #expect(error.message.count > words.count + 40)
    }

    @Test(arguments: [
        ("write isolation policy", "only_rmw_uses_lwt"), ("has spurious '#x'", "must be used"),
        ("contains duplicates", "once a batch"), ("needs racks", "1 or 3 racks"),
    ])
    func `other refusals get their hint`(words: String, hint: String) {
        let error = read(400, ##"{"__type":"x#ValidationException","message":"\##(words)"}"##).alternatorError()
        #expect(error.message.contains(hint))
    }

    @Test func `a clear refusal is left as the server said it`() {
        let error = read(400, ##"{"__type":"x#ValidationException","message":"Limit must be positive"}"##)
        #expect(error.alternatorError().message == "Limit must be positive")
    }

    @Test func `signatures tell clock, missing and wrong keys apart`() {
        let missing = read(400, ##"{"__type":"x#MissingAuthenticationTokenException","message":"m"}"##)
        #expect(missing.alternatorError().message.contains("authentication"))
        let late = read(400, ##"{"__type":"x#InvalidSignatureException","message":"Signature expired: 1"}"##)
        #expect(late.alternatorError().message.contains("clock"))
        let early = read(400, ##"{"__type":"x#InvalidSignatureException","message":"Signature not yet current"}"##)
        #expect(early.alternatorError().message.contains("clock"))
        let wrong = read(400, ##"{"__type":"x#UnrecognizedClientException","message":"m"}"##)
        #expect(wrong.alternatorError().message.contains("salted_hash"))
    }

    @Test func `an error without words still makes a sentence`() {
        #expect(read(400, #"{"__type":"x"}"#).alternatorError().message == "The server answered HTTP 400.")
        let failed = read(400, ##"{"__type":"x#ConditionalCheckFailedException"}"##).alternatorError()
        #expect(failed.message.hasPrefix("The condition did not hold"))
        #expect(read(500, "").alternatorError().message == "The server answered HTTP 500.")
    }

    @Test func `messages stay on one line and bounded`() {
        let lines = read(400, #"{"__type":"x","message":"a\nb\u001b[1mc"}"#)
        #expect(lines.message == "a b [1mc")
        let long = read(400, "{\"message\":\"\(String(repeating: "é", count: 5000))\"}")
        #expect(long.message?.count == 1000)
    }

    @Test(arguments: [
        "", "null", "[]", "\"ValidationException\"", "{}", "{\"__type\":3,\"message\":[]}", "{\"__type\":\"\"}",
        "{\"__type\":\"#\"}", "{\"__type\":\":x\"}", "{\"__type\":\"ab\u{7F}\"}", "\u{FEFF}{}", "{\"__type\"",
        "Internal error", "{]",
    ])
    func `hostile bodies give an error without a type`(text: String) {
        let error = read(400, text)
        #expect(error.message == nil)
        #expect(error.type == nil)
        #expect(error.alternatorError().code == .protocolViolation)
    }

    @Test func `every cut of a body keeps what came before it`() {
        let text = """
            {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"é failed",\
            "Item":{"id":{"S":"x"}}}
            """
        let bytes = Array(text.utf8)
        let whole = ServiceError(status: 400, bytes: bytes)
        #expect(whole.item == ["id": .string("x")])
        for length in bytes.indices {
            let cut = ServiceError(status: 400, bytes: Array(bytes[..<length]))
            #expect(cut.type == nil || cut.type == whole.type)
            #expect(cut.message == nil || cut.message == whole.message)
            #expect(cut.item == nil || cut.item == whole.item)
        }
        let afterType = ServiceError(status: 400, bytes: Array(bytes.prefix { $0 != UInt8(ascii: ",") }))
        #expect(afterType.type == whole.type)
    }

    @Test func `a body is found behind its head`() {
        let bytes = Array("HTTP/1.1 400 Bad Request\r\n\r\n{\"__type\":\"x#ValidationException\"}".utf8)
        #expect(ServiceError(status: 400, bytes: bytes, bodyOffset: 28).type == "ValidationException")
        #expect(ServiceError(status: 400, bytes: bytes, bodyOffset: bytes.count).type == nil)
        #expect(ServiceError(status: 400, bytes: [], bodyOffset: 5).type == nil)
    }
}
