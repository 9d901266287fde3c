// The text of rules: `# ` begins a heading, every other line stands as it was written. Nothing else is formatting, so nothing can do harm.
export interface Block { heading: boolean; text: string }
export const blocksOf = (body: string): Block[] => body.split(/\r?\n/).map((l) => l.trim()).filter((l) => l !== '').map((l) => (/^#{1,3} /.test(l) ? { heading: true, text: l.replace(/^#{1,3} /, '') } : { heading: false, text: l }))
