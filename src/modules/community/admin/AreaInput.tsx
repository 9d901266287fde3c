import { Input } from 'antd'
import type { Control } from '../../../ui/fields.tsx'

export const AreaInput = ({ value, onChange, id, max }: Control & { max: number }) => <Input.TextArea {...(id ? { id } : {})} value={(value as string | undefined) ?? ''} maxLength={max} showCount autoSize={{ minRows: 5, maxRows: 16 }} onChange={(e) => onChange?.(e.target.value)} />
