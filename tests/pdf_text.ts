// What a PDF says, by poppler's pdftotext, which `.ci/run` installs. Where it is missing, tests look at the pages only.
import { execFileSync, spawnSync } from 'node:child_process'

export const hasPdfText = spawnSync('pdftotext', ['-v']).error === undefined

/** The text as laid out; null where pdftotext is missing. */
export const pdfLines = (pdf: Buffer): string | null => (hasPdfText ? execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8', maxBuffer: 64_000_000 }) : null)
/** The same without any white space. */
export const pdfText = (pdf: Buffer): string | null => pdfLines(pdf)?.replace(/[\s\u200b]/g, '') ?? null
