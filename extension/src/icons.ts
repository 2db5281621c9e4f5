/** The icons. Of the first, five linked nodes, the class paints whatever carries a fill or a stroke of its own, so the lines have no fill. */
import { LabIcon } from '@jupyterlab/ui-components';

const graphSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" fill="none">
  <g class="jp-icon3" stroke="#616161" stroke-width="1.6">
    <path d="M12 4L20 10L17 19H7L4 10Z"/><path d="M4 10H20M12 4L7 19"/>
  </g>
  <g class="jp-icon3" fill="#616161">
    <circle cx="12" cy="4" r="2.6"/><circle cx="20" cy="10" r="2.6"/><circle cx="17" cy="19" r="2.6"/>
    <circle cx="7" cy="19" r="2.6"/><circle cx="4" cy="10" r="2.6"/>
  </g>
</svg>`;

export const graphIcon = new LabIcon({ name: 'decentlab:graph', svgstr: graphSvg });

const courseSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" fill="none">
  <g class="jp-icon3" stroke="#616161" stroke-width="1.8" stroke-linejoin="round">
    <path d="M12 6.5C9.5 4.6 6.5 4 3 4V18C6.5 18 9.5 18.6 12 20.5C14.5 18.6 17.5 18 21 18V4C17.5 4 14.5 4.6 12 6.5V20.5"/>
  </g>
</svg>`;

/** An open book. */
export const courseIcon = new LabIcon({ name: 'decentlab:course', svgstr: courseSvg });
