// A button of an act that is about one community. While all are chosen it asks which, instead of waiting greyed out for somebody to guess why.
import { Button, Dropdown, type ButtonProps } from 'antd'
import type { ReactNode } from 'react'
import { usePlace } from './session.ts'

/** More than this many are found faster in the top bar, which can be searched. */
const ASKED = 30

export function PlaceButton({ onPlace, children, ...rest }: { onPlace: (place: { id: string; name: string }) => void; children: ReactNode } & Omit<ButtonProps, 'onClick' | 'children'>) {
  const { place_id, places, choosePlace } = usePlace()
  const choose = (id: string) => {
    const place = places.find((p) => p.id === id)
    if (!place) return
    choosePlace(id)
    onPlace(place)
  }
  if (place_id) return <Button {...rest} onClick={() => choose(place_id)}>{children}</Button>
  if (places.length === 1) return <Button {...rest} onClick={() => choose(places[0]!.id)}>{children}</Button>
  const more = places.length > ASKED ? [{ key: 'more', disabled: true, label: `其余 ${places.length - ASKED} 个小区请先在左上方选择` }] : []
  return (
    <Dropdown
      trigger={['click']} placement="bottomRight"
      menu={{
        onClick: ({ key }) => choose(key), style: { maxHeight: 360, overflowY: 'auto' },
        items: [{ key: 'ask', type: 'group', label: places.length ? '在哪个小区办理?' : '还没有您可办理的小区', children: [...places.slice(0, ASKED).map((p) => ({ key: p.id, label: p.name })), ...more] }],
      }}
    >
      <Button {...rest} aria-haspopup="menu">{children}</Button>
    </Dropdown>
  )
}
