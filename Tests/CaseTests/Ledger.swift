import Foundation
import Testing

/// The rows of one line of `run.json`'s ledger.
struct Ledger: Decodable {
  struct Line: Decodable {
    let step: String
    let `in`: Int
    let added: Int
    let out: Int
    let filtered: Int
    let grouped: Int
    let suppressed: Int
    let quarantined: Int
  }

  let ledger: [Line]

  /// in + added = out + filtered + grouped + suppressed + quarantined, for every step that ran.
  static func expectToAddUp(in manifest: URL, _ label: String) throws {
    guard let bytes = try? Data(contentsOf: manifest) else { return }
    for line in try JSONDecoder().decode(Ledger.self, from: bytes).ledger {
      let entered = line.in + line.added
      let accounted = line.out + line.filtered + line.grouped + line.suppressed + line.quarantined
      #expect(entered == accounted, "\(label): the ledger of \(line.step)")
    }
  }
}
