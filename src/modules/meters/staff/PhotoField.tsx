import { useEffect, useMemo, useState } from 'react'
import { Icon } from '../../../ui/phone/icons.tsx'
import { shrink } from './photo.ts'

/** Opens the camera; shows what was taken. */
export function PhotoField({ photo, set, wanted }: { photo: Blob | undefined; set: (photo: Blob | undefined) => void; wanted: boolean }) {
  const url = useMemo(() => (photo ? URL.createObjectURL(photo) : undefined), [photo])
  const [fault, setFault] = useState('')
  useEffect(() => () => { if (url) URL.revokeObjectURL(url) }, [url])
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return
    setFault('')
    try {
      set(await shrink(file))
    } catch {
      setFault('这张照片打不开,请重新拍')
    }
  }
  return (
    <div className="st-photo">
      <label className={`st-camera${wanted && !photo ? ' st-camera-wanted' : ''}`}>
        <Icon name="device" />
        <span>{photo ? '重拍' : '拍照'}</span>
        <input type="file" accept="image/*" capture="environment" aria-label="拍表盘照片" onChange={(e) => { void take(e.target.files?.[0]); e.target.value = '' }} />
      </label>
      {url ? <img src={url} alt="表盘照片" /> : <span className="ph-weak ph-small">{fault || (wanted ? '用量异常,请拍下表盘' : '照片存在手机上,有网络时一起上传')}</span>}
    </div>
  )
}
