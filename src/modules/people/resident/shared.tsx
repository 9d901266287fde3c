// Which of my houses the pages speak of: chosen once, kept on this phone.
import { useState } from 'react'
import { useRead, type Out, type Reading } from '../../../ui/api.ts'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { stored } from '../../../ui/phone/stored.ts'
import { people } from '../contract.ts'

export type MyHouses = Out<(typeof people.myHouses)['gives']>
export type MyHouse = MyHouses['rows'][number]
export const ROLE_WORDS: Record<MyHouse['role'], string> = { owner: '业主', tenant: '租户', household: '住户' }
const chosen = stored('heyuan.resident.house')

export interface MyHouseState {
  reading: Reading<MyHouses>
  houses: readonly MyHouse[]
  house: MyHouse | undefined
}
export function useMyHouse(): MyHouseState {
  const reading = useRead(people.myHouses, {}, { stale_ms: 60_000 })
  const house_id = chosen.use()
  const houses = reading.data?.rows ?? []
  return { reading, houses, house: houses.find((h) => h.house_id === house_id) ?? houses[0] }
}

export function HouseSwitcher({ houses, house, light = false }: { houses: readonly MyHouse[]; house: MyHouse; light?: boolean }) {
  const [open, setOpen] = useState(false)
  const name = `${house.community_name} ${house.label}`
  if (houses.length < 2) return <p className="ph-line"><Icon name="house" />{name}</p>
  return (
    <>
      <button type="button" className={`rs-switcher${light ? ' rs-switcher-light' : ''}`} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name="house" />
        <span>{name}</span>
        <span className="rs-switcher-word">切换</span>
      </button>
      <Sheet open={open} title="选择房产" close={() => setOpen(false)}>
        <ul className="ph-list">
          {houses.map((h) => (
            <li key={h.house_id}>
              <button type="button" className="ph-row" aria-current={h.house_id === house.house_id} onClick={() => { chosen.set(h.house_id); setOpen(false) }}>
                <span className="ph-row-body">{h.label}<span className="ph-weak ph-small" style={{ display: 'block' }}>{h.community_name}</span></span>
                <span className="ph-row-side">{h.house_id === house.house_id ? <Tag kind="busy">当前</Tag> : <Tag>{ROLE_WORDS[h.role]}</Tag>}</span>
              </button>
            </li>
          ))}
        </ul>
      </Sheet>
    </>
  )
}
