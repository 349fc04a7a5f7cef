import Basics
import OCI

/// The body of one request on its way into an upload, which it holds until it has ended.
final class UploadBody: Sendable {
    let upload: Upload
    private let uploads: Uploads
    /// What the client said beforehand: where the upload's size is to be at the end.
    private let end: Int64?
    /// Whether the upload is of no use without the rest: nobody else knows of it.
    private let isWhole: Bool

    /// - Parameter isWhole: for an upload that was begun for this request alone.
    /// - Throws: `HubRefusal` when it is not to be written to, or not from there.
    init(_ request: HubRequest, into upload: Upload, of uploads: Uploads, isWhole: Bool = false) throws {
        let length = request.values("content-length").first.flatMap { Int64($0) }
        let range = request.values("content-range")
        let here = HubRefusal(
            .rangeInvalid, headers: [("Location", upload.location), ("Range", upload.range), ("Docker-Upload-UUID", upload.id)])
        if range.isEmpty {
            end = nil
        } else {
            guard range.count == 1, let part = Self.part(range[0]), part.lowerBound == upload.size,
                length.map({ $0 == part.upperBound - part.lowerBound }) ?? true
            else { throw here }
            end = part.upperBound
        }
        try upload.take(expecting: end.map { $0 - upload.size } ?? length)
        self.upload = upload
        self.uploads = uploads
        self.isWhole = isWhole
    }

    /// Writes to the staging file before it returns: a client is read no faster than the disk takes it. All connections wait for
    /// that, which is a copy into the kernel's cache of files unless the disk cannot follow.
    ///
    /// - Throws: what `Upload.append` throws; the upload has ended then.
    func write(_ bytes: [UInt8]) throws {
        do {
            if let end, Int64(bytes.count) > end - upload.size { throw HubRefusal(.sizeInvalid) }
            try upload.append(bytes)
        } catch {
            uploads.end(upload)
            throw error
        }
    }

    /// The body is here.
    ///
    /// - Throws: `HubRefusal` when it is shorter than was said; what came stays.
    func finish() throws {
        upload.release(now: uploads.now)
        guard let end, upload.size != end else { return }
        if isWhole { uploads.end(upload) }
        throw HubRefusal(.sizeInvalid, headers: [("Range", upload.range)])
    }

    /// The body is here and is the upload's last.
    ///
    /// - Throws: `HubRefusal` when it is shorter than was said, and when it does not make the blob: then the upload is given up.
    func commit(as digest: Digest, to storage: HubStorage) throws {
        try finish()
        uploads.takeOut(upload)
        defer { upload.discard() }
        try upload.commit(as: digest, to: storage)
    }

    /// The connection is gone in the middle. What came before is whole, and the client may go on from there.
    func abandon() {
        upload.release(now: uploads.now)
        if isWhole { uploads.end(upload) }
    }

    /// `0-1023`, both ends included; `bytes 0-1023/2048` as RFC 9110 writes it is understood too.
    ///
    /// Source: OCI distribution specification 1.1, "Pushing a blob in chunks".
    private static func part(_ text: String) -> Range<Int64>? {
        var rest = text[...]
        if rest.hasPrefix("bytes ") { rest = rest.dropFirst("bytes ".count).prefix { $0 != "/" } }
        let sides = rest.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let first = Int64(sides[0]), let last = Int64(sides[1]), first <= last, last < .max
        else { return nil }
        return first..<(last + 1)
    }
}
