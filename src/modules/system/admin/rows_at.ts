import type { ImportBatch } from '../contract.ts'

/** Where the rows behind a count of an import are listed; nothing when there are none or they are gone. */
export function rowsAt(b: Pick<ImportBatch, 'import_id' | 'state'>, which: 'bad' | 'new' | 'change' | 'same', n: number): string | null {
  return n > 0 && (b.state === 'previewed' || b.state === 'applied') ? `/system/imports/${b.import_id}?rows=${which}` : null
}
