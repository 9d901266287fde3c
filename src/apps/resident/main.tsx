import { createRoot } from 'react-dom/client'
import { startPhone } from '../../ui/phone/start.tsx'
import { ResidentApp } from './ResidentApp.tsx'
import './resident.css'

startPhone('resident')
createRoot(document.getElementById('root')!).render(<ResidentApp />)
