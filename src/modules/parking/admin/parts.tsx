// Small parts of the parking screens.
import { fileUrl } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { parking, type LookRow } from '../contract.ts'

/** The plate as it looks, by kind of car. */
export function PlateMark({ plate, vehicle, no_plate, small }: { plate: string; vehicle?: string; no_plate?: boolean; small?: boolean }) {
  const tone = no_plate ? ' pk-plate-none' : vehicle === 'new_energy' ? ' pk-plate-green' : vehicle === 'large' ? ' pk-plate-yellow' : ''
  return <span className={`pk-plate${tone}${small ? ' pk-plate-small' : ''}`}>{plate}</span>
}
export function Picture({ look, height }: { look: Pick<LookRow, 'look_id' | 'has_picture' | 'plate'>; height?: number }) {
  if (!look.has_picture) return null
  return <img className="pk-picture" loading="lazy" style={height ? { maxHeight: height } : undefined} src={fileUrl(parking.lookPicture, { look_id: look.look_id })} alt={`${look.plate} 识别照片`} />
}
export function PriceLines({ lines }: { lines: readonly { text: string; amount_fen: number }[] }) {
  return <ul className="pk-lines">{lines.map((l, i) => <li key={i}><span>{l.text}</span><MoneyText fen={l.amount_fen} /></li>)}</ul>
}
export const PLATE_TONES = { in: 'busy', left: 'plain', void: 'bad' } as const
export const DECISION_TONES = { open: 'good', hold: 'warn', ignore: 'plain', recorded: 'plain' } as const
