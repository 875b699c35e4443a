import CAlternator
import COpenSSL
import Glibc

/// A certificate of OpenSSL's, counted by it.
@safe
final class X509Certificate: @unchecked Sendable {  // Not changed once read or made.
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_free(pointer) }
}

/// A private key of OpenSSL's.
@safe
final class PrivateKey: @unchecked Sendable {  // Not changed once read or made.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// Reads certificates and keys from files in PEM form; what is wrong is told with the setting and the file.
enum PEM {
    static func bytes(_ file: String, _ field: TLSSettingsError.Field) throws(TLSSettingsError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(file)
        } catch {
            throw TLSSettingsError(field, file: file, "cannot be read: \(error.reason)")
        }
    }

    /// All certificates of a file, at least one.
    static func certificates(
        _ file: String,
        _ field: TLSSettingsError.Field
    ) throws(TLSSettingsError) -> [X509Certificate] {
        let bytes = try bytes(file, field)
        var found: [X509Certificate] = []
        let problem = unsafe withMemory(bytes) { bio -> String? in
            ERR_clear_error()
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) {
                found.append(unsafe X509Certificate(owning: certificate))
            }
            let (reason, text) = PEM.lastReason()
            return reason == PEM_R_NO_START_LINE ? nil : text
        }
        if let problem {
            throw TLSSettingsError(field, file: file, "has a certificate that cannot be read: \(problem)")
        }
        guard !found.isEmpty else {
            throw TLSSettingsError(field, file: file, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        }
        return found
    }

    private struct PasswordQuestion {
        let password: [UInt8]?
        var isAsked = false
    }

    /// The private key of a file.
    static func privateKey(_ file: String, password: String?) throws(TLSSettingsError) -> PrivateKey {
        let bytes = try bytes(file, .certificateKey)
        var question = PasswordQuestion(password: password.map { Array($0.utf8) })
        ERR_clear_error()
        let key = unsafe withMemory(bytes) { bio in
            unsafe withUnsafeMutablePointer(to: &question) { question in
                // Always a callback: OpenSSL's own would ask at the terminal.
                unsafe PEM_read_bio_PrivateKey(bio, nil, answerPassword, question)
            }
        }
        if let key = unsafe key { return unsafe PrivateKey(owning: key) }
        if question.isAsked {
            throw TLSSettingsError(
                .certificatePassword,
                file: file,
                password == nil ? "is encrypted and no password is given" : "is not opened by the password"
            )
        }
        throw TLSSettingsError(.certificateKey, file: file, "holds no private key in PEM form: \(lastReason().text)")
    }

    private static let answerPassword:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { buffer, size, _, context in
            guard let buffer = unsafe buffer, let context = unsafe context else { return -1 }
            let question = unsafe context.assumingMemoryBound(to: PasswordQuestion.self)
            unsafe question.pointee.isAsked = true
            guard let password = unsafe question.pointee.password, password.count <= Int(size) else { return -1 }
            for (index, byte) in password.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
            return Int32(password.count)
        }

    /// The oldest error OpenSSL has on this thread.
    static func lastReason() -> (code: Int32, text: String) {
        var code: Int32 = 0
        let text = unsafe CText.make { unsafe code = calt_tls_reason($0, $1) }
        return (code, text)
    }

    private static func withMemory<Result>(_ bytes: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { raw in
            let bio = unsafe BIO_new_mem_buf(raw.baseAddress, Int32(raw.count))
            defer { unsafe BIO_free(bio) }
            return unsafe body(bio)
        }
    }
}
