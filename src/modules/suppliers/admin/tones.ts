export const WORK_TONES = { open: 'busy', done: 'warn', rework: 'bad', accepted: 'good', void: 'plain' } as const
export const SUPPLIER_TONES = { live: 'good', banned: 'bad', retired: 'plain' } as const
export const supplierState = (r: { banned: boolean; retired: boolean }): keyof typeof SUPPLIER_TONES => (r.banned ? 'banned' : r.retired ? 'retired' : 'live')
