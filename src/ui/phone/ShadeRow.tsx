import { Icon } from './icons.tsx'
import { setShade, useShade, type Shade } from './look.ts'

const NAMES: Record<Shade, string> = { system: '跟随手机', light: '浅色', dark: '深色' }
/** Light, dark, or as the phone is set. */
export function ShadeRow() {
  const shade = useShade()
  return (
    <div className="ph-row">
      <span className="ph-row-icon"><Icon name="moon" /></span>
      <span className="ph-row-body">外观</span>
      <span className="ph-line" role="group" aria-label="外观">{(Object.keys(NAMES) as Shade[]).map((s) => <button key={s} type="button" className="ph-chip" style={{ minHeight: '2.25rem', padding: '0 0.625rem' }} aria-pressed={shade === s} onClick={() => setShade(s)}>{NAMES[s]}</button>)}</span>
    </div>
  )
}
