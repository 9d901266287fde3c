// Which device, or devices: found by number, name, place or address.
import { SearchSelect, type Choice } from '../../../ui/SearchSelect.tsx'
import { iot, type DeviceRow } from '../contract.ts'

interface Props {
  id?: string
  label?: string
  value: string | readonly string[] | null
  onChange: (value: never) => void
  community_id?: string | null | undefined
  product_id?: string | undefined
  multiple?: boolean
  max?: number
  clear?: boolean
  first?: readonly Choice[]
  placeholder?: string
  width?: number | string
  enabled?: boolean
  /** Not itself. */
  except?: string | undefined
}
export function DeviceSelect({ label = '设备', community_id, product_id, except, onChange, placeholder = '选择设备', ...more }: Props) {
  return (
    <SearchSelect
      {...more} label={label} placeholder={placeholder} empty="没有这样的设备" call={iot.devices} onChange={(v) => onChange(v as never)} input={{ ...(community_id ? { community_id } : {}), ...(product_id ? { product_id } : {}) }}
      chosen={(device_ids) => ({ device_ids, retired: true })} option={(d: DeviceRow) => (d.device_id === except ? null : { value: d.device_id, label: d.name, title: [community_id ? '' : d.community_name, d.place, d.no].filter(Boolean).join(' ') })}
    />
  )
}
