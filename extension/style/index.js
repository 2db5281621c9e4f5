import './base.css';
import './course.css';
