/// One connection of a client to a listener; everything happens on its loop.
final class ServerConnection: Channel, @unchecked Sendable {
    private enum State {
        /// Before the first request of a TLS connection.
        case handshake
        /// Reads, or waits for, a request.
        case reading
        /// A request is with the handler's delay; the next ones wait.
        case delayed(ServerResponse, chunks: Bool, omitsBody: Bool, closes: Bool)
        /// An answer is being written.
        case writing(then: Afterwards)
        /// Between two parts of a slow answer.
        case pausing(then: Afterwards)
        /// The answer is out, FIN is sent; what still arrives is dropped until the client closes too.
        case lingering
        /// No answer will ever come.
        case hanging
        case closed
    }

    private enum Afterwards { case read, close, reset }

    /// How long a refused client may go on sending before the connection ends.
    private static let lingerTime = Duration.seconds(2)

    private let owner: ServerCore
    private let stream: ByteStream
    private let remoteAddress: String
    private var clientName: String?
    private var parser: RequestParser
    private var state = State.reading
    /// Requests that arrived behind the current one.
    private var pipelined: [UInt8] = []
    /// More may be waiting in the socket.
    private var mayRead = false
    /// The client sent FIN, so a short read is not the last one.
    private var sawHangup = false
    private var isConsuming = false
    /// What the owner has counted of the incomplete request.
    private var held = 0
    /// In these steps it is counted, so that small requests are not.
    private static let holdStep = 64 * 1024
    private var output: [UInt8] = []
    private var written = 0
    private var pace: ServerPace?

    init(owner: ServerCore, loop: EventLoop, stream: ByteStream, remoteAddress: String) {
        self.owner = owner
        self.stream = stream
        self.remoteAddress = remoteAddress
        parser = RequestParser(
            maximumHeadBytes: owner.configuration.maximumHeadBytes,
            maximumBodyBytes: owner.configuration.maximumBodyBytes
        )
        super.init(loop: loop)
    }

    /// Begins to serve.
    func start() {
        guard owner.admit(self) else { return stream.close() }
        do throws(SystemError) {
            try loop.register(self, stream)
        } catch {
            return close(reset: true)
        }
        guard stream.isSecure else { return }
        state = .handshake
        loop.schedule(self, at: .now.advanced(by: owner.configuration.handshakeTimeout))
    }

    private func shakeHands() {
        switch stream.handshake() {
        case .wouldBlock: return
        case .done:
            owner.tls?.completed(resumed: stream.isResumed)
            loop.cancel(self)
            clientName = stream.peerCommonName
            state = .reading
            // A request may have come, and been read, together with the client's last words.
            mayRead = true
            read()
        case .failed(let fault):
            owner.tls?.failed()
            // OpenSSL says nothing to a client that does not speak TLS; other servers do.
            if fault.reason == .peerIsPlain { stream.writePlain(TLSRecord.unexpectedMessage) }
            close(reset: false)
        }
    }

    override func ready(_ readiness: Readiness) {
        if readiness.contains(.error) { return close(reset: false) }
        if case .handshake = state {
            if !readiness.isDisjoint(with: .hangup) { sawHangup = true }
            return shakeHands()
        }
        if readiness.contains(.writable) || stream.isSecure, case .writing = state { flush() }
        guard stream.isSecure || !readiness.isDisjoint(with: [.readable, .hangup]) else { return }
        mayRead = true
        if !readiness.isDisjoint(with: .hangup) { sawHangup = true }
        switch state {
        case .reading: read()
        case .lingering: drain()
        case .hanging:
            if sawHangup { close(reset: false) }
        // A client may send FIN behind its request and still wait for the answer.
        case .handshake, .delayed, .pausing, .writing, .closed: break
        }
    }

    override func fired(on loop: EventLoop) {
        switch state {
        case .delayed(let response, let chunks, let omitsBody, let closes):
            state = .reading
            write(response, chunks: chunks, omitsBody: omitsBody, closes: closes)
            goOn()
        case .pausing(let afterwards):
            state = .writing(then: afterwards)
            flush()
        case .lingering:
            close(reset: false)
        case .handshake:
            owner.tls?.failed()
            close(reset: false)
        case .reading, .writing, .hanging, .closed:
            break
        }
    }

    override func loopStopping() { close(reset: true) }

    /// Ends the connection; with RST when it must not look like a regular end.
    func close(reset: Bool) {
        if case .closed = state { return }
        state = .closed
        loop.unregister(self)
        if reset { stream.resetOnClose() }
        stream.close()
        output = []
        pipelined = []
        releaseHeld()
        owner.ended(self)
    }

    // MARK: Reading

    /// Reads while requests can be taken.
    private func read() {
        while case .reading = state, mayRead {
            switch stream.read(into: loop.input) {
            case .bytes(let count, let more):
                mayRead = sawHangup || more
                loop.input.withSpan(count) { consume($0) }
            case .wouldBlock:
                mayRead = false
            case .end, .failed:
                close(reset: false)
            }
        }
    }

    /// Takes what waited behind an answered request, then goes on reading.
    private func goOn() {
        if case .reading = state, !pipelined.isEmpty {
            let waiting = pipelined
            pipelined = []
            consume(waiting.span)
        }
        read()
    }

    private func consume(_ bytes: Span<UInt8>) {
        isConsuming = true
        defer { isConsuming = false }
        var position = 0
        while position < bytes.count {
            guard case .reading = state else {
                if case .closed = state { return }
                Bytes.append(bytes, position..<bytes.count, to: &pipelined)
                return
            }
            do throws(HTTPSyntaxError) {
                let (event, next) = try parser.feed(bytes, from: position)
                position = next
                switch event {
                case .needsMore:
                    guard countHeld() else {
                        return refuse(owner.handler.overloaded(parser.head(from: remoteAddress)))
                    }
                    return
                case .head:
                    if parser.expectsContinue, position == bytes.count { sendContinue() }
                case .complete: perform()
                case .tooLarge: return refuse(owner.handler.tooLarge(parser.head(from: remoteAddress)))
                }
            } catch {
                var response = ServerResponse(status: 400, headers: [("Content-Type", "text/plain")])
                response.body = Array(error.description.utf8)
                return refuse(response)
            }
        }
    }

    /// Counts what the parser holds by now; false where all connections hold too much.
    private func countHeld() -> Bool {
        let more = parser.heldBytes - held
        guard more >= ServerConnection.holdStep else { return true }
        guard owner.hold(more) else { return false }
        held += more
        return true
    }

    private func releaseHeld() {
        guard held > 0 else { return }
        owner.release(held)
        held = 0
    }

    private func perform() {
        let persists = parser.persists
        let chunks = parser.knowsChunks
        var request = parser.take(from: remoteAddress)
        request.clientName = clientName
        releaseHeld()
        let omitsBody = request.method == "HEAD"
        switch owner.handler.handle(request) {
        case .respond(let response):
            write(response, chunks: chunks, omitsBody: omitsBody, closes: !persists || response.closesConnection)
        case .respondLater(let response, let delay):
            state = .delayed(
                response,
                chunks: chunks,
                omitsBody: omitsBody,
                closes: !persists || response.closesConnection
            )
            loop.schedule(self, at: .now.advanced(by: delay))
        case .sendRaw(let bytes, let thenClose, let reset):
            send(bytes, then: reset ? .reset : (thenClose || !persists ? .close : .read))
        case .reset:
            close(reset: true)
        case .hang:
            state = .hanging
            // FIN came together with the request: there will be no event to tell that the client is gone.
            if sawHangup { close(reset: false) }
        }
    }

    // MARK: Writing

    private func write(_ response: ServerResponse, chunks: Bool, omitsBody: Bool, closes: Bool) {
        pace = response.pace
        let bytes = ResponseWriter.bytes(of: response, omitsBody: omitsBody, chunks: chunks, closes: closes)
        send(bytes, then: closes ? .close : .read)
    }

    /// Answers a request that cannot be read to its end.
    private func refuse(_ response: ServerResponse) {
        let chunks = parser.knowsChunks
        // What was read of it is of no use any more.
        _ = parser.take(from: remoteAddress)
        releaseHeld()
        write(response, chunks: chunks, omitsBody: false, closes: true)
    }

    private func sendContinue() {
        // If the socket takes no 25 bytes, the client is not reading, and will get no body in either.
        _ = stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), [], from: 0)
    }

    private func send(_ bytes: [UInt8], then afterwards: Afterwards) {
        output = bytes
        written = 0
        state = .writing(then: afterwards)
        flush()
    }

    private func flush() {
        guard case .writing(let afterwards) = state else { return }
        let outcome: WriteOutcome
        if let pace {
            let part = Array(output[written..<min(output.count, written + pace.bytes)])
            outcome = stream.write(part, [], from: 0)
        } else {
            outcome = stream.write(output, [], from: written)
        }
        switch outcome {
        case .failed: close(reset: false)
        case .accepted(let count):
            written += count
            if written == output.count { return finished(afterwards) }
            guard let pace, count > 0 else { return }
            state = .pausing(then: afterwards)
            loop.schedule(self, at: .now.advanced(by: pace.interval))
        }
    }

    private func finished(_ afterwards: Afterwards) {
        output = []
        pace = nil
        switch afterwards {
        case .read:
            state = .reading
            // Called from within `consume` there may be more input at hand, which it takes itself.
            if !isConsuming { goOn() }
        case .close: linger()
        case .reset: close(reset: true)
        }
    }

    /// Closes so that the client can read the whole answer: an RST, which unread input causes, could overtake it.
    private func linger() {
        state = .lingering
        pipelined = []
        stream.finishWriting()
        loop.schedule(self, at: .now.advanced(by: ServerConnection.lingerTime))
        drain()
    }

    private func drain() {
        while case .lingering = state {
            switch stream.read(into: loop.input) {
            case .bytes: continue
            case .wouldBlock: return
            case .end, .failed: close(reset: false)
            }
        }
    }
}
