// Shares of co-owners in one cell: '50%、50%', '1/3、2/3', '0.5 0.5', '各半', '共同共有'. Without float: a decimal is a fraction of a power of ten.
import type { CellLike } from '../../../kernel/sheet/index.ts'
import { sumOfShares } from './rules/shares.ts'

export interface Share {
  share_num: number
  share_den: number
}
type Shares = { ok: true; shares: Share[] } | { ok: false; reason: string }

const EQUAL = /^(共同共有|共有|均等|平均|均分|各半|各占一半|各\s*1\/2|各\s*50%|平分)$/
const no = (reason: string): Shares => ({ ok: false, reason })

function shareOf(text: string): Share | null {
  const fraction = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? /^(?:(\d{1,6})分之(\d{1,6}))$/.exec(text)
  if (fraction) {
    const [a, b] = [Number(fraction[1]), Number(fraction[2])]
    const [num, den] = text.includes('分之') ? [b, a] : [a, b]
    return num > 0 && den > 0 ? { share_num: num, share_den: den } : null
  }
  const m = /^(\d{1,3})(?:\.(\d{1,4}))?(%)?$/.exec(text)
  if (!m) return null
  const places = m[2]?.length ?? 0
  const share_num = Number(`${m[1]}${m[2] ?? ''}`)
  const share_den = 10 ** (places + (m[3] ? 2 : 0))
  return share_num > 0 && share_den <= 1_000_000 ? { share_num, share_den } : null
}

export function sharesOf(text: string, cell: CellLike, owners: number): Shares {
  if (owners === 0) return no('有份额但没有业主姓名,请补上姓名或删去份额')
  if (EQUAL.test(text)) return { ok: true, shares: [] }
  // 1/2 typed into Excel becomes the second of January.
  if (typeof cell !== 'string' && cell.kind === 'date') return no(`「${text}」被 Excel 当成了日期,请把该列设为文本后重新填写,如 1/2、1/2`)
  const parts = text.split(/[、,;|\n&\s]+/).filter(Boolean)
  if (parts.length !== owners) return no(`有 ${owners} 位业主但写了 ${parts.length} 个份额,请一一对应填写;均等请留空`)
  const shares: Share[] = []
  for (const part of parts) {
    const s = shareOf(part)
    if (!s) return no(`「${part}」不是份额,请写成 50% 或 1/2;均等请留空`)
    shares.push(s)
  }
  const sum = sumOfShares(shares)
  return sum === '1' ? { ok: true, shares } : no(`「${text}」的份额合计不是 100%(合计 ${sum}),请核对;均等请留空`)
}
